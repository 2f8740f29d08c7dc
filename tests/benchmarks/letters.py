"""Letters to measure with: the sample county's, and the same matters placed anywhere in the nation."""

from __future__ import annotations

import random

SEED = 4


def county_letters(number: int = 400) -> list[str]:
    from cms.demo.generate import reports

    return [f"{r['title'] or ''}\n{r['text']}".strip() for r in reports(total=max(number, 200))][:number]


def national_letters(number: int = 400) -> list[str]:
    """Each with the name of some county, township and village of the gazetteer before the matter itself."""
    from triage.places import gazetteer

    dice, tree = random.Random(SEED), gazetteer()
    first, last = tree.starts[-2], len(tree)
    letters = []
    for text in county_letters(number):
        node = tree.node(dice.randrange(first, last))
        names = "".join(name or "" for name in tree.names(node.key)[2:])
        letters.append(f"我是{names}的村民。{text}")
    return letters


def of_length(letters: list[str], characters: int, number: int) -> list[str]:
    """Texts of exactly so many characters, cut from letters laid end to end."""
    whole = "\n".join(letters)
    while len(whole) < characters * number:
        whole += "\n" + whole
    return [whole[n * characters : (n + 1) * characters] for n in range(number)]
