"""Damages inputs, always in the same way for the same seed.

Each function takes a valid text and a generator of random numbers, and returns bytes. What comes
out may be valid, too: then it says something else.
"""

import re

#: Texts that a program may not expect in the place of a name, a value or a number.
STRANGE = (
    "", "0", "-1", "1e999", "9" * 5000, "NaN", "null", "true", "[]", "{}", "- x", "a: b", "&a [*a]",
    "*a", "!any", "!absent", "!!binary x", "<<: *x", '"', "'", "`", "|", "%", "@", "#", ":", "\t",
    "\\", "\0", "\x1b[2J", "\N{ZERO WIDTH NO-BREAK SPACE}", "\N{RIGHT-TO-LEFT OVERRIDE}", "中文",
    "🎉", "é" * 200, "../../etc/passwd", "/etc/passwd", "x" * 3000, "<who>", "<", "{", "[" * 300,
    "{a: " * 200, '"""', "# language: de", "2024-02-30T25:61:61Z", "\\ud800", '"\\ud800"', "~",
)  # fmt: skip


def lines_dropped(text, random):
    lines = text.splitlines(keepends=True)
    del lines[random.randrange(len(lines))]
    return "".join(lines).encode()


def lines_repeated(text, random):
    lines = text.splitlines(keepends=True)
    place = random.randrange(len(lines))
    return "".join([*lines[: place + 1], *lines[place : place + random.randint(1, 9)]]).encode()


def lines_swapped(text, random):
    lines = text.splitlines(keepends=True)
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return "".join(lines).encode()


def cut(text, random):
    content = text.encode()
    return content[: random.randrange(len(content))]


def bytes_changed(text, random):
    content = bytearray(text.encode())
    for _ in range(random.randint(1, 4)):
        content[random.randrange(len(content))] = random.randrange(256)
    return bytes(content)


def indented(text, random):
    lines = text.splitlines(keepends=True)
    place = random.randrange(len(lines))
    lines[place] = random.choice(["\t", " ", "   ", "\xa0"]) + lines[place].lstrip(" ")
    return "".join(lines).encode()


def word_replaced(text, random):
    """Puts a strange text, or another word of the text, in the place of a word."""
    words = list(re.finditer(r"[^\s:,|]+", text))
    word, other = random.choice(words), random.choice(words)[0]
    strange = random.choice([*STRANGE, other])
    return f"{text[: word.start()]}{strange}{text[word.end() :]}".encode()


def strange_inserted(text, random):
    place = random.randrange(len(text))
    return f"{text[:place]}{random.choice(STRANGE)}{text[place:]}".encode()


def letter_changed(text, random):
    """Mistypes a word: a letter is missing, or two are swapped."""
    place = random.randrange(len(text) - 2)
    pair = random.choice([text[place + 1], text[place + 1] + text[place]])
    return f"{text[:place]}{pair}{text[place + 2 :]}".encode()


def recoded(text, random):
    encoding = random.choice(["utf-16", "utf-32", "utf-16-le", "utf-8-sig", "cp037"])
    return text.encode(encoding, "replace")


WAYS = (
    lines_dropped, lines_repeated, lines_swapped, cut, bytes_changed, indented, word_replaced,
    strange_inserted, word_replaced, strange_inserted, letter_changed, recoded,
)  # fmt: skip


def damaged(text, random):
    """Returns the text, damaged once or twice in one of these ways."""
    content = random.choice(WAYS)(text, random)
    if random.random() < 0.3:
        content = random.choice(WAYS)(content.decode("utf-8", "replace") + "\n - x\n", random)
    return content
