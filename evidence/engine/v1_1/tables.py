"""The numbers of version 1.1: those of 1.0, with human trials before mechanism, as in CEBM and GRADE."""

from dataclasses import replace
from types import MappingProxyType
from typing import Final

from evidence.engine.v1_0.tables import PHYSIOLOGY, Tables, scale
from evidence.engine.v1_0.tables import TABLES as TABLES_1_0

TABLES: Final[Tables] = replace(
    TABLES_1_0,
    version="1.1",
    profiles=MappingProxyType(
        {
            "intervention": scale(L1="0.05", L2="0.45", L3="0.10", L4="0.10", L5="0.20", L11="0.10"),
            "physiology": PHYSIOLOGY,
        }
    ),
)
