"""Which accounts a report is about, in one text: `4300`, `43*`, `430-439`, or several with commas."""

from collections.abc import Iterable


def selected(codes: Iterable[str], text: str) -> list[str]:
    """The codes that the text names, in their order; all where it names none.

    `43*` takes what begins with 43; `430-439` what lies between, with everything below 439 as well. A code
    that has a hyphen of its own is taken as that code.
    """
    terms = [term for term in (part.strip() for part in text.split(",")) if term]
    known = sorted(codes)
    if not terms:
        return known
    exact = set(known)
    return [code for code in known if any(_matches(code, term, exact) for term in terms)]


def selection_text(codes: Iterable[str], among: Iterable[str]) -> str:
    """The shortest text of this kind that takes these codes and no other of `among`."""
    wanted, others = set(codes), sorted(among)
    terms: list[str] = []
    covered: set[str] = set()
    for code in sorted(wanted):
        for prefix in () if code in covered else (code[:length] for length in range(1, len(code) + 1)):
            group = [each for each in others if each.startswith(prefix)]
            if len(group) > 1 and wanted.issuperset(group):
                covered.update(group)
                terms.append(f"{prefix}*")
                break
        if code not in covered:
            terms.append(code)
    return ",".join(terms)


def _matches(code: str, term: str, exact: set[str]) -> bool:
    if term in exact:
        return code == term
    if term.endswith("*"):
        return code.startswith(term[:-1])
    first, hyphen, last = term.partition("-")
    return bool(hyphen) and first <= code and (code <= last or code.startswith(last))
