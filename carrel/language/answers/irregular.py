"""English verbs whose past has a form of its own. Pure."""

from types import MappingProxyType

_FORMS = """
be was were been; become became; begin began begun; bite bit bitten; break broke broken; bring brought; build built;
burn burnt; buy bought; catch caught; choose chose chosen; come came; cost cost; cut cut; dig dug; do did done;
draw drew drawn; dream dreamt; drink drank drunk; drive drove driven; eat ate eaten; fall fell fallen; feed fed;
feel felt; fight fought; find found; fly flew flown; forget forgot forgotten; get got gotten; give gave given;
go went gone; grow grew grown; have had; hear heard; hide hid hidden; hold held; keep kept; know knew known;
lead led; learn learnt; leave left; lend lent; lie lay lain; lose lost; make made; mean meant; meet met; pay paid;
read read; ride rode ridden; ring rang rung; run ran; say said; see saw seen; sell sold; send sent; shoot shot;
show showed shown; sing sang sung; sit sat; sleep slept; speak spoke spoken; spend spent; stand stood; steal stole
stolen; swim swam swum; take took taken; teach taught; tell told; think thought; throw threw thrown; understand
understood; wake woke woken; wear wore worn; win won; write wrote written
"""

_BASE = MappingProxyType(
    {form: verb for row in _FORMS.split(";") for verb, *forms in [row.split()] for form in forms if form != verb}
)


def base_form(word: str) -> str:
    """Return the verb of which a word in lower case is a past form; any other word as it stands."""
    return _BASE.get(word, word)
