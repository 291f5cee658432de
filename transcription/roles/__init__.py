"""Who is the rep and who the client: told from words, channels and voices, with a confidence.

The pipeline calls `settle_people` once, after the clean-up:

    people = settle_people(kept, voices, RoleHints(...), decoded=channels, marks=marks)
    turns = merge_channels([s.utterances for s in people.sides], [s.voice for s in people.sides], language)
"""

from transcription.roles.bleed import remove_bleed as remove_bleed
from transcription.roles.given import tell_given_roles as tell_given_roles
from transcription.roles.people import Change as Change
from transcription.roles.people import second_people as second_people
from transcription.roles.settle import People as People
from transcription.roles.settle import settle_people as settle_people
from transcription.roles.sides import RoleHints as RoleHints
from transcription.roles.sides import RolesTold as RolesTold
from transcription.roles.sides import Side as Side
from transcription.roles.telling import tell_roles as tell_roles
