"""What the speech engines and failed steps say, by its forms: what happened, what was kept, what to do.

The pipeline stores these sentences in English beside the call. `web/machine_sentences.py` tells them in the viewer's
language; what stands in a gap named `why` or `reason` is itself one of these forms.
"""

from __future__ import annotations

from typing import Final


def N_(text: str) -> str:
    """Marks a text for the catalogues; it is translated when it is shown."""
    return text


FAILURES: Final = (
    N_("This recording cannot be read: %(why)s."),
    N_("This recording is longer than %(hours)s hours, the most one call may hold: cut it and send the parts."),
    N_("Reading this recording took more memory than any real call needs, so it was stopped."),
    N_("Reading this recording took more computing time than any real call needs, so it was stopped."),
    N_("Reading this recording took more time than any real call needs, so it was stopped."),
    N_("Reading this recording took more disk space than any real call needs, so it was stopped."),
    N_("There is no room on the disk to unpack this recording."),
    N_("This machine lets no program write files as large as this recording's sound."),
    N_("This machine had too little memory to unpack this recording."),
    N_("This machine gives its programs too little computing time to unpack this recording."),
    N_("The speech engine %(engine)s stopped before it was done: %(why)s."),
    N_("not a transcript: %(why)s (at %(where)s)"),
    N_("not a transcript: %(why)s"),
    N_("There was not enough memory for this step."),
    N_("Something went wrong on our side while transcribing (%(error)s)."),
    N_("Something went wrong on our side while scoring (%(error)s)."),
    N_("The program working on this call stopped %(times)s times before it was done."),
    N_("Transcribing was stopped on request."),
)
"""What happened."""

WHYS: Final = (
    N_("there is no sound in it"),
    N_("there is no file %(file)s"),
    N_("it is empty"),
    N_("it is no kind of sound we know"),
    N_("it is %(other)s, not a sound"),
    N_("its name says .%(kind)s, but what it holds does not sound like a call"),
    N_("its name says .%(kind)s, but it holds %(other)s"),
    N_("it is so damaged that the decoder broke down on it"),
    N_("it is damaged or not what it claims to be (%(error)s)"),
    N_("its sound is coded in a way we cannot read"),
    N_("it has %(count)s channels, more than the %(most)s we read"),
    N_("its rate of %(rate)s Hz is outside %(range)s Hz"),
    N_("there was not enough memory"),
    N_("there is not enough memory for the model %(model)s"),
    N_("its process ended with code %(code)s"),
    N_("it ended with code %(code)s"),
    N_("the decoded sound could not be read (%(error)s)"),
    N_("%(file)s of the model %(model)s came damaged; fetch it again"),
    N_("the list of files of the model %(model)s could not be written (%(error)s)"),
    N_("the model %(model)s could not be stored (%(error)s)"),
    N_("the model %(model)s could not be fetched from %(hub)s"),
    N_("the fetched model %(model)s is not whole (%(reason)s)"),
    N_("expected a JSON object"),
    N_("it has no list of turns"),
    N_("it has no channels"),
    N_("the turn has no text"),
    N_("the word has no text"),
    N_("the mark has no time"),
    N_("it is not a line of RTTM"),
    N_("%(file)s is missing"),
    N_("%(file)s has no 'alignment_heads', without which words get no times"),
    N_("%(file)s holds %(tokens)s tokens but %(model_file)s was made with %(most)s"),
    N_("%(file)s or the vocabulary is not Whisper's: it has no %(mark)s"),
    N_("%(file)s belongs to another Whisper model: it counts %(mark)s differently"),
    N_("%(model_file)s needs %(bands)s mel bands, but %(file)s says %(count)s"),
    N_("%(model_file)s needs %(bands)s mel bands, but %(file)s is missing, which would mean %(count)s"),
)
"""Why it happened: parts of sentences."""

KEPT: Final = (
    N_("The recording is kept."),
    N_("The original recording is kept."),
    N_("The original recording and its transcript are kept."),
    N_("The transcript from before is kept."),
)

ADVICE: Final = (
    N_("Export the recording again from the telephone system and upload it anew."),
    N_("Cut the recording and upload the parts."),
    N_("Export the recording in an ordinary format (WAV, MP3, Opus) and upload it anew."),
    N_("Send the transcript as JSON, VTT or SRT, or upload the recording without it."),
    N_("Press Retry; if it happens again, ask your administrator to look at the log."),
    N_("Press Retry; if it happens again, look for lack of memory on the health page and in the log."),
    N_("Press Retry when less is going on, or give the machine more memory."),
    N_("Press Retry to try again."),
    N_("Free some space, then press Retry."),
    N_("Free some space on this disk: the call goes on by itself within five minutes."),
    N_("Raise the limit on the size of files (ulimit -f) and start the workers again: the call goes on by itself."),
    N_("Try again when less is going on, or raise its limit on memory (ulimit -v)."),
    N_("Raise its limit on computing time (ulimit -t)."),
    N_("Check the name, or name the folder of a model. Known names: %(names)s."),
    N_("Check the path, or give the name of a model. Known names: %(names)s."),
    N_("Give the folder of a model. Known names: %(names)s."),
    N_(
        "Name the folder of a converted model (CTranslate2 format) with --model or CALLCOACH_WHISPER_MODEL, copy one "
        "to a folder of your own, or let this machine reach %(hub)s once."
    ),
    N_(
        "Name the folder of a converted model (CTranslate2 format) with --model or CALLCOACH_WHISPER_MODEL, copy one "
        "to the folder %(folder)s, or let this machine reach %(hub)s once."
    ),
    N_(
        "Copy the whole model again (model.bin, config.json, tokenizer.json, the vocabulary and, if there is one, "
        "preprocessor_config.json), or name another with --model or CALLCOACH_WHISPER_MODEL."
    ),
    N_("Say that the call is English (the source's language, or --language en), or provide a Whisper model."),
    N_("Say that the call is English (--language en), or provide a Whisper model."),
    N_("Install the package 'pocketsphinx'."),
    N_("An imported transcript is read by engines.imported instead."),
)
"""What to do."""

ENGINES: Final = (
    N_("The Whisper model %(model)s is not on this machine and the model hub has no model '%(repository)s' for us."),
    N_(
        "The Whisper model %(model)s is not on this machine and the model hub does not answer "
        "(%(hub)s, within %(seconds)s s)."
    ),
    N_("The Whisper model %(model)s is not on this machine, which is set to stay offline."),
    N_("The Whisper model in the folder %(folder)s cannot be used: %(why)s."),
    N_("There is no Whisper model folder %(folder)s."),
    N_("There is no Whisper model called '%(model)s'."),
    N_("There is no engine to load for '%(engine)s'."),
    N_("The stand-in engine pocketsphinx is not installed."),
    N_("The stand-in engine understands only English and the language is not known."),
    N_("The stand-in engine understands only English and the language is %(language)s."),
    N_("The stand-in engine understands only English."),
    N_("Whisper model %(model)s, fetched from %(hub)s on first use, about %(size)s MB"),
    N_("Whisper model %(model)s, fetched from %(hub)s on first use"),
    N_("Whisper model %(model)s, found in the models folder"),
    N_("Whisper model %(model)s, fetched before"),
    N_("Whisper model in the folder %(folder)s"),
    N_("stand-in for a known-English call: %(reason)s"),
    N_("asked for by name"),
    N_("the transcript came with the call"),
    N_("installed"),
)
"""Why an engine was chosen, or why none could be."""

SPEECH_FORMS: Final = (*FAILURES, *KEPT, *ADVICE, *ENGINES)

FOUND_INSTEAD: Final = {
    "a program": N_("a program"),
    "a zip archive": N_("a zip archive"),
    "a gzip archive": N_("a gzip archive"),
    "a picture": N_("a picture"),
    "a PDF document": N_("a PDF document"),
    "a playlist": N_("a playlist"),
    "a list of other files": N_("a list of other files"),
    "a session description": N_("a session description"),
    "a web page": N_("a web page"),
    "an XML document": N_("an XML document"),
    "text": N_("text"),
    "data that is no sound": N_("data that is no sound"),
}
"""What a file turned out to be."""
