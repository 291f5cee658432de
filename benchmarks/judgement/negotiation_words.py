"""What buyers and sellers say in English when they haggle: patterns by name, counted in each turn.

Written for the negotiation benchmark from general knowledge of bargaining and a reading of dialogues from its
folds 0 to 3.
"""

from __future__ import annotations

import re
from typing import Final

PATTERNS: Final[dict[str, str]] = {
    "accept": (
        r"\b(deal|sounds? (good|great|fair|fine|perfect|reasonable|like a)|i('ll| will| can) (take|accept"
        r"|do) (it|that)|works? for me|that works|you('ve| have)? got (it|a deal|yourself)|agreed|i accept"
        r"|we have a|see you|perfect|awesome|great|wonderful|fantastic|thanks?|thank you|appreciate)\b"
    ),
    "deal": r"\bdeal\b",
    "condition set": (
        r"\b(and|then|,) ?(you('ve)?|we('ve| have)?|it'?s)( have| got)? a deal\b|\bif (you|i|we)\b"
        r"|\bas long as\b|\bprovided\b|\bunless\b"
    ),
    "if": r"\bif\b",
    "greets": r"^\s*(hi|hello|hey|good (morning|afternoon|evening)|greetings)\b",
    "would you": r"\b(would|could|will|can|might|are|r) (you|u|there)\b",
    "price verb": (
        r"\b(take|accept|consider|willing|do|go|come|lower|drop|knock|reduce|negotiable|negotiate|flexible"
        r"|budge|wiggle)\b"
    ),
    "would you take": (
        r"\b(would|could|will|can|are) (you|u) (be )?(possibly |maybe |at least )?(take|accept|consider"
        r"|willing|do|go|come|lower|drop|knock|reduce|sell|let|able|meet|negotiate|agree)\b"
    ),
    "how about": r"\b(how|what) (about|bout|if|do you say|would you say)\b|\bhow does\b|\bsound\b",
    "offers": (
        r"\b(i|i'd|i'll|we|i'm) ?(can|could|would|will|am|was|'ll)? ?(like to|be able to|willing to|able to"
        r"|hoping to|thinking( of| about)?|only|possibly|probably|maybe)? ?(offer|give|pay|do|go|take|spend"
        r"|buy|get it|drop|come down|accept|let it go|let you have|sell|part with|be willing)\b"
    ),
    "meet halfway": (
        r"\b(meet (me |you |us )?(in|at|halfway|half way)|middle|split( the)?|halfway|half way|compromise)\b"
    ),
    "deliver": (
        r"\b(deliver\w*|pick ?(it |them |this )?up|picking (it |them )?up|drop (it|them) off|ship\w*|haul"
        r"|come (get|over|by|pick)|bring (it|them)|transport\w*|meet (you|me) (at|some))\b"
    ),
    "include": (
        r"\b(throw(ing)? in|thrown in|includ\w+|toss in|add(ed)?( in)?|extra|free|with it|bonus|as well|plus"
        r"|bundle|comes? with)\b"
    ),
    "soon": (
        r"\b(today|tonight|right now|right away|asap|immediately|this (afternoon|evening|weekend|week)"
        r"|tomorrow|now)\b"
    ),
    "terms": r"\b(cash|check|paypal|venmo|up ?front|deposit|first month|down payment|lease|sign|months?|year)\b",
    "means": (
        r"\b(afford\w*|budget|tight|money|broke|student|college|poor|struggling|paycheck|payday|bills?|income"
        r"|job|spend|all i (have|got)|only have|on me|don'?t have (that|the|much|enough)|i have only|saving"
        r"|family|kids?|wife|husband|daughter|son|baby|mom|children|need it|really need|desperate)\b"
    ),
    "cannot afford": r"\b(afford\w*|budget|all i (have|got|can)|only have|can only|on a)\b",
    "need": r"\b(i|we) (really |just |do )?(need|want|love|hope|wish)\b",
    "firm": (
        r"\b(lowest|firm|final|absolute\w*|best i can|highest|no (lower|less|way)|not (go|going|lower|less"
        r"|any)|can'?t (go|do|take|accept|sell|let|come|possibly|really|lower)|cannot|won'?t|nothing less"
        r"|no less|at least|bottom|most i|max\w*|take it or|last offer|that'?s it|sorry|unfortunately|afraid"
        r"|no,|nope)\b"
    ),
    "last price": (
        r"\b(lowest|highest|final|firm|most i|max\w*|bottom|best i can|last offer|absolute|take it or leave"
        r"|no (lower|less))\b"
    ),
    "cannot": (
        r"\b(can'?t|cannot|can not|won'?t|will not|wouldn'?t|couldn'?t|not able|unable|not willing"
        r"|don'?t think i)\b"
    ),
    "too low": (
        r"\b(too|bit|little|very|pretty|so|quite|way|kinda|kind of|rather)( too| bit)? (low|high|steep|much"
        r"|expensive|pricey|less|far)\b|\blow ?ball\w*|\bhalf (of|the|price)\b|\bsteep\b|\boverpriced\b"
    ),
    "worth": (
        r"\b(worth|value\w*|retail\w*|market|brand new|new|original\w*|cost|sell(s|ing)? for|goes for"
        r"|going (for|rate)|paid|bought|price|priced|fair|reasonable|compar\w*|average|cheaper|other (places"
        r"|listings|ones|offers?|people|buyers?|interest\w*)|online|ebay|amazon|craigslist|store)\b"
    ),
    "market": (
        r"\b(retail\w*|worth|market|goes for|go for|brand new|sell for|originally|paid|else(where)?|online"
        r"|amazon|ebay|store|cheaper|similar)\b"
    ),
    "condition": (
        r"\b(condition|scratch\w*|dent\w*|damage\w*|broken|break|cracks?|cracked|stain\w*|tear|tears|torn"
        r"|rips?|rust\w*|wear|worn|flaw\w*|defect\w*|issues?|problems?|wrong|leak\w*|accident\w*|smok\w*"
        r"|pets?|work(s|ing)?|clean|title|repair\w*|used|old|age|faded?|missing|bugs?|noise|noisy|mechanical"
        r"|maintenance|warranty|authentic|original|genuine|receipt)\b"
    ),
    "defect": (
        r"\b(scratch\w*|dent\w*|damage\w*|broken|crack\w*|stain\w*|tear|torn|rips?|rust\w*|flaw\w*|defect\w*"
        r"|issues?|problems?|wrong|leak\w*|accident\w*|noise|bugs?|missing)\b"
    ),
    "why": r"\bwhy\b",
    "why selling": r"\b(why|reason)\b.*\b(sell\w*|get\w* rid|part\w*|asking|price)\b",
    "how": r"\bhow (old|long|many|much|big|far|often|well|is|are|was|does)\b",
    "question word": r"\b(what|when|where|which|who|how)\b",
    "what kind": r"\b(what|which) (kind|type|size|color|colour|brand|year|model|floor|is|are|was|does|do|did|about)\b",
    "is it": (
        r"\b(is|are|does|do|did|has|have|was|were|any|can|will) (it|this|that|these|those|they|the|there|you"
        r"|your|any|utilities|pets)\b"
    ),
    "available": r"\b(available|still (for sale|have|available)|interested|for sale|listing|ad|posting|saw)\b",
    "tell me": r"\b(tell me|know (more|about)|more (info\w*|details?)|describe|curious|wondering|question)\b",
    "asking": r"\b(asking|listed|list price|selling price|price)\b",
    "price asked": (
        r"\bhow much\b|\bwhat('?s| is| are| would)?( your| the)?( lowest| best| asking| bottom)? (price|offer"
        r"|you asking)\b|\bmake (me )?an offer\b|\bhow low\b|\bhave in mind\b|\bwhat (can|would) you (offer"
        r"|pay|do)\b"
    ),
    "negation": r"\b(no|not|never|none|nothing|nope|n't)\b|n't\b",
    "begins yes": r"^\s*(yes|yeah|yep|yup|sure|ok|okay|of course|absolutely|definitely|alright|fine|right)\b",
    "begins no": r"^\s*(no|nope|nah|not|sorry|unfortunately|i'?m (sorry|afraid))\b",
    "but": r"\b(but|however|though|although)\b",
    "so": r"\b(so|because|since|as it|considering|given|due to|cause|bc)\b",
    "hmm": r"\b(h+m+|um+|uh+|well|think about|not sure|maybe|possibly|perhaps|i guess|i suppose|consider)\b",
    "please": r"\b(please|plz|pls)\b",
    "understand": r"\b(i (understand|see|get|hear|know|agree))\b|\bunderstand\w*",
    "other buyers": (
        r"\b(other|another|someone|somebody|people|others|buyers?|offers?|interest(ed)?|else|calls?|demand"
        r"|in line)\b"
    ),
    "i": r"\bi('m|'d|'ll|'ve)?\b",
    "you": r"\b(you|your|u|you'?re)\b",
    "it": r"\b(it|its|it's|this|they|these)\b",
    "we": r"\b(we|us|our)\b",
    "could": r"\b(could|would|might)\b",
    "can": r"\bcan\b",
    "only": r"\b(only|just|even|still)\b",
    "lower": r"\b(low(er|est)?|less|down|cheaper|discount|reduce|off)\b",
    "higher": r"\b(high(er)?|more|up)\b",
    "rent": r"\b(rent|apartment|house|place|lease|bedroom|home|unit|room)\b",
    "feature": (
        r"\b(beautiful|great|excellent|perfect|amazing|nice|good|quality|best|top|gorgeous|quiet|safe"
        r"|location|view|pool|gym|parking|close to|near|schools?|rare|durable|sturdy|comfortable|like new"
        r"|mint|brand|upgraded|features?)\b"
    ),
}
NAMES: Final = tuple(PATTERNS)
_COMPILED: Final = tuple(re.compile(pattern, re.IGNORECASE) for pattern in PATTERNS.values())
_MOST: Final = 3


def counts(text: str) -> list[int]:
    """How often each pattern of `NAMES` is found in a turn, three at most."""
    straight = text.replace("’", "'")
    return [min(len(pattern.findall(straight)), _MOST) for pattern in _COMPILED]
