"""Damages texts in ways that a seed decides: as editors, copying, shells and disks do."""

import random
import re

#: Values that stand where another type is expected.
STRANGE = (
    "",
    "null",
    "~",
    "[]",
    "{}",
    "- 1",
    "0",
    "1e9",
    "yes",
    "'",
    '"',
    "*nowhere",
    "&a",
    "!!x",
    "!!python/object:os.system",
    "<<",
    "|",
    ">",
    "@",
    "`",
    "%",
    "\u2028",
    "🙂",
    "x" * 5000,
)
#: Texts that stand for the name of a task, a file, an option or a keyword.
STRANGE_NAMES = (
    *(
        "-1",
        "1e999",
        "9" * 5000,
        "NaN",
        "&a [*a]",
        "!any",
        "!absent",
        "!!binary x",
        "<<: *x",
        "|",
        "#",
    ),
    *("#", ":", "\t", "\\", "\0", "\x1b[2J", "\ufeff", "\u202e", "中文", "é" * 200),
    *(
        "../../etc/passwd",
        "/etc/passwd",
        "<who>",
        "<",
        "{",
        "[" * 300,
        "{a: " * 200,
        '"""',
        "# language: de",
        "²",
    ),
    *("2024-02-30T25:61:61Z", "\\ud800", '"\\ud800"', "a]b[", "Feature:", "Given", "@id:x"),
)
BYTES = (b"\x00", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\t", b"\r", b"\x1b[2J", b"\x85", b"\x80")


def cut(text, chance):
    return text[: chance.randrange(len(text))].encode()


def insert_bytes(text, chance):
    place = chance.randrange(len(text))
    return text[:place].encode() + chance.choice(BYTES) + text[place:].encode()


def without_a_line(text, chance):
    lines = text.splitlines()
    del lines[chance.randrange(len(lines))]
    return "\n".join(lines).encode()


def with_a_line_twice(text, chance):
    lines = text.splitlines()
    place = chance.randrange(len(lines))
    return "\n".join([*lines[:place], lines[place], *lines[place:]]).encode()


def shifted(text, chance):
    lines = text.splitlines()
    place = chance.randrange(len(lines))
    lines[place] = chance.choice((" ", "\t", "    ")) + lines[place]
    return "\n".join(lines).encode()


def with_another_value(text, chance):
    lines = text.splitlines()
    place = chance.choice([n for n, line in enumerate(lines) if ":" in line])
    lines[place] = f"{lines[place].partition(':')[0]}: {chance.choice(STRANGE)}"
    return "\n".join(lines).encode()


def with_another_key(text, chance):
    lines = text.splitlines()
    place = chance.choice([n for n, line in enumerate(lines) if ":" in line])
    key, _, value = lines[place].partition(":")
    lines[place] = f"{key[:-1]}:{value}"
    return "\n".join(lines).encode()


def in_another_order(text, chance):
    lines = text.splitlines()
    a, b = chance.sample(range(len(lines)), 2)
    lines[a], lines[b] = lines[b], lines[a]
    return "\n".join(lines).encode()


def as_utf_16(text, chance):
    content = text.encode("utf-16")
    return content[: chance.choice((len(content), len(content) - 1, len(content) // 2))]


def deep(text, chance):
    return (text + "\ndeep: " + "[" * chance.choice((50, 5_000, 500_000))).encode()


def growing(text, chance):
    levels = ["a0: &a0 [x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 20)]
    line = chance.choice(("users: *a19", "clusters: [*a19]", "extensions: *a19", ""))
    return "\n".join([*levels, text, line]).encode()


def with_another_word(text, chance):
    """Puts a strange text, or another word of the text, in the place of a word."""
    words = list(re.finditer(r"[^\s:,|]+", text))
    word, other = chance.choice(words), chance.choice(words)[0]
    strange = chance.choice([*STRANGE, *STRANGE_NAMES, other])
    return f"{text[: word.start()]}{strange}{text[word.end() :]}".encode()


def with_a_strange_text(text, chance):
    place = chance.randrange(len(text))
    return f"{text[:place]}{chance.choice(STRANGE_NAMES)}{text[place:]}".encode()


def mistyped(text, chance):
    """Leaves a letter out, or swaps two."""
    place = chance.randrange(len(text) - 2)
    pair = chance.choice([text[place + 1], text[place + 1] + text[place]])
    return f"{text[:place]}{pair}{text[place + 2 :]}".encode()


def recoded(text, chance):
    encoding = chance.choice(["utf-32", "utf-16-le", "utf-8-sig", "cp037"])
    return text.encode(encoding, "replace")


DAMAGES = (
    cut,
    insert_bytes,
    without_a_line,
    with_a_line_twice,
    shifted,
    with_another_value,
    with_another_key,
    in_another_order,
    as_utf_16,
    deep,
    growing,
)


#: What also happens to features and documents, whose words have a meaning.
OF_WORDS = (with_another_word, with_a_strange_text, mistyped, recoded)


def damaged(text, seed, ways=DAMAGES):
    """Returns the bytes of a damaged text; each damage gets its turn."""
    return ways[seed % len(ways)](text, random.Random(seed))
