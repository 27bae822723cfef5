"""Invented persons: names in characters that nothing else uses, numbers with the right check digit."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

SURNAMES = "王李张刘陈杨赵黄周吴"
GIVEN = "璟颢翀昶琬琰懿翾玥妤"
"""Characters that no header, rule or sentence of this package uses."""
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def identity(region: str, born: str, number: int) -> str:
    """Return an identity number of 18 places with its check digit."""
    text = f"{region}{born}{number:03d}"
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text, strict=True))
    return text + "10X98765432"[total % 11]


@dataclass
class People:
    """Makes persons and remembers every word of theirs that must come out nowhere."""

    seed: int
    secrets: set[str] = field(default_factory=set)
    in_names: set[str] = field(default_factory=set)
    """Mobile numbers in the names of files and sheets."""

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def _keep(self, text: str) -> str:
        self.secrets.add(text)
        return text

    def name(self) -> str:
        draw = self._random
        return self._keep(draw.choice(SURNAMES) + "".join(draw.sample(GIVEN, 2)))

    def mobile(self) -> str:
        return self._keep(f"1{self._random.randint(3, 9)}{self._random.randrange(10**9):09d}")

    def mobile_in_name(self) -> str:
        number = self.mobile()
        self.in_names.add(number)
        return number

    def mobile_apart(self) -> str:
        """Return a mobile number as people write it; its last eight digits must not come out either."""
        number = self.mobile()
        self._keep(f"{number[3:7]} {number[7:]}")
        self._keep(f"{number[3:7]}-{number[7:]}")
        spelt = [
            f"+86 {number}", f"{number[:3]} {number[3:7]} {number[7:]}", f"{number[:3]}-{number[3:7]}-{number[7:]}",
            number.translate({ord(digit): chr(ord(digit) + 0xFEE0) for digit in "0123456789"}),
        ]  # fmt: skip
        return self._keep(self._random.choice(spelt))

    def number(self) -> str:
        draw = self._random
        born = f"19{draw.randint(50, 99)}{draw.randint(1, 12):02d}{draw.randint(1, 28):02d}"
        return self._keep(identity(f"{draw.randint(110101, 659001)}", born, draw.randrange(1000)))

    def mail(self) -> str:
        return self._keep(f"s{self._random.randrange(10**8):08d}@example.cn")

    def room(self) -> str:
        """Return an address of which only the building may stay."""
        room = self._keep(f"{self._random.randint(11, 99)}07室")
        return f"启明路{self._random.randint(1, 9)}号{self._random.randint(1, 9)}栋2单元{room}"

    def remark(self) -> str:
        """Return what people add to a cell."""
        kinds = (
            lambda: f"（联系人：{self.name()} {self.mobile_apart()}）",
            lambda: f"，书记{self.name()}",
            lambda: f" 微信:{self._keep(f'wx{self._random.randrange(10**8)}zz')}",
            lambda: f"({self.number()})",
            lambda: f" {self.mail()}",
            lambda: f"，{self.name()}同志反映",
        )
        return self._random.choice(kinds)()
