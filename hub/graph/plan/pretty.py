"""A statement's text broken into lines, so that people can read it; its words stay as they are."""

import re

_PIECES = re.compile(
    r"""'(?:[^']|'')*'          # a text
      | "(?:[^"]|"")*"          # a name
      | [()]
      | \b(?:SELECT|FROM|WHERE|GROUP\ BY|HAVING|ORDER\ BY|LIMIT|(?:LEFT\ OUTER\ )?JOIN|UNION\ ALL)\b
      | \s+
      | [^'"()\s]+""",
    re.IGNORECASE | re.VERBOSE,
)
_OPENS = ("SELECT", "FROM", "WHERE", "GROUP BY", "HAVING", "ORDER BY", "LIMIT", "UNION ALL")


def pretty(text: str) -> str:
    """Each clause of a select on a line of its own, deeper for each select inside; other brackets stay in the line."""
    lines, line = [], ""
    stack: list[bool] = []  # for each open bracket, whether a select stands in it
    pieces = _PIECES.findall(text)
    for index, piece in enumerate(pieces):
        word = " ".join(piece.upper().split())
        breaks = word in _OPENS and (not stack or stack[-1])
        closes = piece == ")" and bool(stack) and stack[-1]
        if (breaks and line.strip() not in ("", "(")) or closes:
            lines.append(line)
            line = "  " * (sum(stack) - closes)
        if piece == "(":
            stack.append(_select_follows(pieces, index))
            line += piece
            if stack[-1]:
                lines.append(line)
                line = "  " * sum(stack)
            continue
        if piece == ")" and stack:
            stack.pop()
        line += " " if piece.isspace() and line.strip() else piece.strip()
    return "\n".join(each.rstrip() for each in [*lines, line] if each.strip())


def _select_follows(pieces: list[str], index: int) -> bool:
    following = next((each for each in pieces[index + 1 :] if not each.isspace()), "")
    return following.upper() == "SELECT"
