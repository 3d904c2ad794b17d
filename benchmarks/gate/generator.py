"""Random queries on the facts of ``data``: all that the compiler supports, and some more."""

from __future__ import annotations

import random
import re
from typing import Final

from benchmarks.gate.data import PREFIX

#: Predicates by the class of the subject, with the kind of the object.
_PREDICATES: Final = {
    "event": {"date": "date", "total": "integer", "inFavour": "state"},
    "vote": {"event": "event", "state": "state", "option": "option"},
    "state": {"title": "label", "knows": "state", "seat": "blank", "share": "number"},
}
_COMMON: Final = {
    "name": "string", "code": "string", "label": "label", "count": "integer", "flag": "boolean",
    "number": "awkward", "moment": "awkward", "mixed": "awkward",
}  # fmt: skip
_CLASSES: Final = {"event": "ex:Event", "vote": "ex:Vote", "state": "ex:State"}
_CONSTANTS: Final = {
    "event": ("ex:event1", "ex:event5", "ex:event99"),
    "state": ("ex:state1", "ex:state3", "ex:state99"),
    "option": ("ex:Yes", "ex:No", "ex:Unheard"),
    "date": ('"2019-06-06"^^xsd:date', '"2020-01-01"^^xsd:date') * 5 + ('"2020-01-01Z"^^xsd:date',),
    "integer": ("0", "1", "2", "10", "-5") * 3 + ("2.0", "1e0"),
    "string": ('"a"', '"ab"', '""', '"é"', '"unheard"') * 3 + ('"a"@en',),
    "label": ('"a"@en', '"State 1"@en', '"a"', '"b"@fr'),
    "boolean": ("true", "false"),
    "number": ("0.5", "2", "-1.25", "0", "1e0"),
    "awkward": ("1", '"a"', "ex:state1", '"NaN"^^xsd:double', '"2020-01-01"^^xsd:date'),
    "vote": ("ex:vote1-1",),
    "blank": ("ex:state1",),
}
#: IRIs of the facts, and those that take their place in another query of the same shape.
_EXCHANGED: Final = {
    "ex:event1": "ex:event5", "ex:event5": "ex:event2",
    "ex:state1": "ex:state3", "ex:state3": "ex:state2",
    "ex:Yes": "ex:No", "ex:No": "ex:Abstention", "ex:vote1-1": "ex:vote2-3",
}  # fmt: skip
_EXCHANGEABLE: Final = re.compile(rf"(?:{'|'.join(_EXCHANGED)})(?![\w-])")
#: Regular expressions, and replacements of what they match.
_REPLACED: Final = (("a", "x"), ("^a", ""), ("[0-9]+", "n"), ("(a|b)c?", "[$1]"), ("State .", "$1"))
#: Datatypes of casts, with the kind of the result.
_CASTS: Final = (("integer", "integer"), ("decimal", "number"), ("string", "string"))
_ORDERED: Final = ("integer", "date", "string", "boolean", "state", "event", "option", "label")

Env = dict[str, str]


def with_other_iris(query: str) -> str:
    """Return a query with other IRIs in the place of some, itself if it has none of them."""
    return _EXCHANGEABLE.sub(lambda match: _EXCHANGED[match[0]], query)


class Generator:
    """Generates a sequence of queries, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - reproducible, not secret
        self._names = 0

    def query(self) -> str:
        """Return the next query."""
        self._names = 0
        if self._random.random() < 0.05:
            return f"{PREFIX}ASK {{ {self._group({}, 2)[0]} }}"
        return PREFIX + self._select({}, 2)[0]

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _new(self) -> str:
        self._names += 1
        return f"?v{self._names}"

    def _of(self, env: Env, *kinds: str) -> str | None:
        candidates = [name for name, kind in env.items() if not kinds or kind in kinds]
        return self._random.choice(candidates) if candidates else None

    # Queries

    def _select(self, shared: Env, depth: int) -> tuple[str, Env]:
        body, env = self._group(shared, depth)
        if self._chance(0.3):
            return self._grouped(body, env, depth)
        names = self._random.sample(sorted(env), min(len(env), self._random.randint(1, 4)))
        shown = {name: env[name] for name in names}
        projection = " ".join(names)
        if self._chance(0.2) and (value := self._expression(env, 1)):
            name = self._new()
            projection += f" ({value[0]} AS {name})"
            shown[name] = value[1]
        if self._chance(0.05):
            projection, shown = "*", env
        distinct = "DISTINCT " if self._chance(0.3) else ""
        return f"SELECT {distinct}{projection} {{ {body} }}{self._modifiers(shown, depth)}", shown

    def _grouped(self, body: str, env: Env, depth: int) -> tuple[str, Env]:
        if self._chance(0.1):
            # GROUP_CONCAT keeps such an order.
            env = dict(self._random.sample(sorted(env.items()), min(len(env), 2)))
            order = " ".join(self._random.choice((name, f"DESC({name})")) for name in env)
            body = f"{{ SELECT {' '.join(env)} {{ {body} }} ORDER BY {order} }}"
        keys = self._random.sample(sorted(env), min(len(env), self._random.randint(0, 2)))
        shown = {name: env[name] for name in keys}
        projection = list(keys)
        for _ in range(self._random.randint(1, 2)):
            name = self._new()
            aggregate, kind = self._aggregate(env)
            projection.append(f"({aggregate} AS {name})")
            shown[name] = kind
        by = f" GROUP BY {' '.join(keys)}" if keys else ""
        having = f" HAVING({self._aggregate(env)[0]} > 1)" if self._chance(0.2) else ""
        modifiers = by + having + self._modifiers(shown, depth)
        return f"SELECT {' '.join(projection)} {{ {body} }}{modifiers}", shown

    def _aggregate(self, env: Env) -> tuple[str, str]:
        distinct = "DISTINCT " if self._chance(0.25) else ""
        match self._random.randrange(9):
            case 0 | 1:
                return "COUNT(*)", "integer"
            case 2:
                return f"COUNT({distinct}{self._of(env)})", "integer"
            case 3 | 4 if name := self._of(env, "integer", "number"):
                return f"{self._random.choice(('SUM', 'AVG'))}({distinct}{name})", "number"
            case 5 if value := self._expression(env, 1):
                name = self._random.choice(("SUM", "MIN", "MAX", "COUNT"))
                return f"{name}({distinct}{value[0]})", "integer"
            case 6 | 7:
                return self._chosen(env, distinct)
        name = self._of(env, *_ORDERED) or self._of(env)
        assert name
        return f"{self._random.choice(('MIN', 'MAX'))}({distinct}{name})", env[name]

    def _chosen(self, env: Env, distinct: str) -> tuple[str, str]:
        """Return an aggregate whose value is up to the engine."""
        name = self._of(env)
        assert name
        value, kind = name, env[name]
        if self._chance(0.4) and (expression := self._expression(env, 1)):
            value, kind = expression
        elif self._chance(0.05):
            value, kind = '"a"', "string"
        if self._chance(0.4):
            return f"SAMPLE({distinct}{value})", kind
        separator = self._random.choice(("", '; separator=","', "; SEPARATOR = ''"))
        return f"GROUP_CONCAT({distinct}{value}{separator})", "string"

    def _modifiers(self, shown: Env, depth: int) -> str:
        modifiers = ""
        if self._chance(0.45) and depth == 2:
            keys = self._random.sample(sorted(shown), min(len(shown), self._random.randint(1, 3)))
            modifiers += " ORDER BY " + " ".join(
                f"DESC({key})" if self._chance(0.4) else key for key in keys
            )
        if self._chance(0.05) and depth < 2 and shown:
            # Solutions that are equal in such an order are equal.
            return f" ORDER BY {' '.join(sorted(shown))} LIMIT {self._random.choice((1, 3, 20))}"
        if self._chance(0.2) and (depth == 2 or self._chance(0.1)):
            modifiers += f" LIMIT {self._random.choice((0, 1, 5, 20))}"
            modifiers += f" OFFSET {self._random.choice((0, 1, 7))}" if self._chance(0.4) else ""
        return modifiers

    # Graph patterns

    def _group(self, shared: Env, depth: int) -> tuple[str, Env]:
        env = dict(self._random.sample(sorted(shared.items()), min(len(shared), 1)))
        parts = [self._triples(env)]
        for _ in range(self._random.randint(0, 3)):
            parts.append(self._element(env, depth))
        return " ".join(parts), env

    def _triples(self, env: Env) -> str:
        """Return one to four triple patterns, each about a variable of an earlier one."""
        triples = []
        for _ in range(self._random.randint(1, 4)):
            subject = self._of(env, *_PREDICATES)
            if subject is None:
                subject = self._new()
                env[subject] = self._random.choice(sorted(_PREDICATES))
            if self._chance(0.12):
                triples.append(f"{subject} a {_CLASSES[env[subject]]} .")
                continue
            kinds = _PREDICATES[env[subject]] | ({} if env[subject] == "vote" else _COMMON)
            predicate = self._random.choice(sorted(kinds))
            # Terms of several kinds are hardly supported anywhere, so only a few are generated.
            while kinds[predicate] == "awkward" and self._chance(0.9):
                predicate = self._random.choice(sorted(kinds))
            kind = kinds[predicate]
            triples.append(self._triple(env, subject, predicate, kind))
        return " ".join(triples)

    def _triple(self, env: Env, subject: str, predicate: str, kind: str) -> str:
        if self._chance(0.03):
            return self._alternatives(env, subject)
        if self._chance(0.03):
            return self._variable_predicate(env, subject)
        if self._chance(0.12):
            return f"{subject} ex:{predicate} {self._random.choice(_CONSTANTS[kind])} ."
        existing = self._of(env, kind) if self._chance(0.3) else None
        target = existing or self._new()
        env[target] = kind
        if self._chance(0.1):
            return f"{target} ^ex:{predicate} {subject} ."
        if kind == "event" and self._chance(0.2):
            env[target] = "date"
            return f"{subject} ex:event/ex:date {target} ."
        return f"{subject} ex:{predicate} {target} ."

    def _alternatives(self, env: Env, subject: str) -> str:
        """Return a pattern of two paths of which either may match."""
        kinds = _PREDICATES[env[subject]]
        if "event" in kinds:
            kinds = kinds | {"event/ex:date": "date"}
        first, second = self._random.choices(sorted(kinds), k=2)
        target = self._new()
        env[target] = kinds[first] if kinds[first] == kinds[second] else "awkward"
        if self._chance(0.2):
            return f"{target} ^(ex:{first}|ex:{second}) {subject} ."
        return f"{subject} ex:{first}|ex:{second} {target} ."

    def _variable_predicate(self, env: Env, subject: str) -> str:
        """Return a pattern of any of a few predicates, which VALUES or a filter names."""
        kinds = _PREDICATES[env[subject]]
        named = self._random.choices(sorted(kinds), k=2)
        predicate, target = self._new(), self._new()
        env[target] = kinds[named[0]] if kinds[named[0]] == kinds[named[1]] else "awkward"
        triple = f"{subject} {predicate} {target} ."
        env[predicate] = "option"
        if self._chance(0.5):
            return f"{triple} VALUES {predicate} {{ {' '.join(f'ex:{name}' for name in named)} }}"
        return f"{triple} FILTER({predicate} IN ({', '.join(f'ex:{name}' for name in named)}))"

    def _element(self, env: Env, depth: int) -> str:
        match self._random.randrange(11) if depth else self._random.choice((6, 7, 8)):
            case 0 | 1:
                inner, inner_env = self._group(env, depth - 1)
                condition = (
                    f" FILTER({self._condition({**env, **inner_env})})" if self._chance(0.3) else ""
                )
                env |= inner_env
                return f"OPTIONAL {{ {inner}{condition} }}"
            case 2:
                return self._union(env, depth)
            case 3:
                return f"MINUS {{ {self._group(env, depth - 1)[0]} }}"
            case 4:
                word = self._random.choice(("EXISTS", "NOT EXISTS"))
                return f"FILTER {word} {{ {self._group(env, depth - 1)[0]} }}"
            case 5:
                inner, shown = self._select(env, depth - 1)
                env |= shown
                return f"{{ {inner} }}"
            case 6:
                if value := self._expression(env, 2):
                    name = self._new()
                    env[name] = value[1]
                    return f"BIND({value[0]} AS {name})"
                return ""
            case 7:
                return self._values(env)
        return f"FILTER({self._condition(env)})"

    def _union(self, env: Env, depth: int) -> str:
        parts, all_env = [], dict(env)
        for _ in range(2):
            inner, part_env = self._group(env, depth - 1)
            parts.append(f"{{ {inner} }}")
            all_env |= part_env
        env |= all_env
        # A solution of both sides is returned twice.
        return " UNION ".join([parts[0], *parts] if self._chance(0.3) else parts)

    def _values(self, env: Env) -> str:
        name = self._of(env) or self._new()
        kind = env.get(name, "integer")
        env[name] = kind
        constants = list(_CONSTANTS.get(kind, ("1",)))
        if self._chance(0.15):
            constants.append("UNDEF")
        chosen = self._random.choices(constants, k=self._random.randint(1, 3))
        return f"VALUES {name} {{ {' '.join(chosen)} }}"

    # Expressions

    def _condition(self, env: Env) -> str:
        if self._chance(0.3):
            left, right = self._test(env), self._test(env)
            condition = f"({left} {self._random.choice(('&&', '||'))} {right})"
        else:
            condition = self._test(env)
        return f"!({condition})" if self._chance(0.12) else condition

    def _test(self, env: Env) -> str:
        name = self._of(env)
        assert name
        kind = env[name]
        sign = self._random.choice(("=", "!=", "<", ">", "<=", ">="))
        match self._random.randrange(9):
            case 0:
                return f"BOUND({name})"
            case 1 if kind in _CONSTANTS:
                constants = self._random.choices(_CONSTANTS[kind], k=2)
                return f"{name} {self._random.choice(('IN', 'NOT IN'))} ({', '.join(constants)})"
            case 2 if texts := self._of(env, "string", "label"):
                function = self._random.choice(("CONTAINS", "STRSTARTS", "STRENDS", "REGEX"))
                if function == "REGEX":
                    part = self._random.choice(_REPLACED)[0]
                else:
                    part = self._random.choice(("a", "", "é"))
                return f'{function}({texts}, "{part}")'
            case 3 if label := self._of(env, "label", "string", "awkward"):
                return f'LANG({label}) {self._random.choice(("=", "!="))} "en"'
            case 4 if label := self._of(env, "label"):
                return f'LANGMATCHES(LANG({label}), "{self._random.choice(("en", "*", "FR"))}")'
            case 5 if kind in {"boolean", "integer", "string"}:
                return name
            case 6 if (kind in _ORDERED[:3] or sign in {"=", "!="}) and (
                other := self._of({n: k for n, k in env.items() if n != name}, kind)
            ):
                return f"{name} {sign} {other}"
            case 7 if value := self._expression(env, 1):
                constant = self._random.choice(_CONSTANTS.get(value[1], ("1",)))
                return f"{value[0]} {sign} {constant}"
        if self._chance(0.1):
            return f"{self._random.choice(('isIRI', 'isLiteral', 'isBlank', 'isNumeric'))}({name})"
        sign = (
            sign if kind in _ORDERED[:3] or self._chance(0.05) else self._random.choice(("=", "!="))
        )
        return f"{name} {sign} {self._random.choice(_CONSTANTS.get(kind, ('1',)))}"

    def _expression(self, env: Env, depth: int) -> tuple[str, str] | None:  # noqa: PLR0911
        """Return an expression and the kind of its value; None if no variable is suitable."""
        integer, text = self._of(env, "integer", "number"), self._of(env, "string", "label")
        date, anything = self._of(env, "date"), self._of(env)
        sign = self._random.choice("+-*/")
        match self._random.randrange(18):
            case 0 | 1 if integer:
                other = self._of(env, "integer") if self._chance(0.5) else None
                arithmetic = (
                    f"({integer} {sign} {other or self._random.choice(('0', '2', '3', '0.5'))})"
                )
                return arithmetic, "number" if sign == "/" else "integer"
            case 2 if integer:
                function = self._random.choice(("ABS", "ROUND", "FLOOR", "CEIL"))
                return f"{function}({integer} / {self._random.choice(('3', '-4', '7'))})", "number"
            case 3 if text:
                return f"STRLEN({text})", "integer"
            case 4 if text:
                return f"SUBSTR({text}, {self._random.choice(('1', '2', '0', '1, 2'))})", "string"
            case 5 if text:
                return f"{self._random.choice(('UCASE', 'LCASE'))}({text})", "string"
            case 6 if text:
                function = self._random.choice(("STRBEFORE", "STRAFTER"))
                return f'{function}(STR({text}), "{self._random.choice(("a", "", "b"))}")', "string"
            case 7 if text and anything:
                return f'CONCAT(STR({anything}), "-", {text})', "string"
            case 8 if date:
                return f"{self._random.choice(('YEAR', 'MONTH', 'DAY'))}({date})", "integer"
            case 9 if anything:
                return f"STR({anything})", "string"
            case 10 if integer and depth:
                return (
                    f"IF({self._test(env)}, {integer}, {self._random.choice(('0', '1'))})",
                    "integer",
                )
            case 11 if integer:
                return f"COALESCE({integer}, {self._random.choice(('0', '1 / 0', '7'))})", "integer"
            case 12 if anything:
                return f"LANG({anything})", "string"
            case 13 if integer:
                return f"-{integer}", "integer"
            case 14 | 15 | 16 if anything:
                return self._typed(anything, text or anything)
            case 17 if integer and text:
                return f"SUBSTR({text}, {integer}, STRLEN({text}) - 1)", "string"
        return None

    def _typed(self, name: str, text: str) -> tuple[str, str]:
        """Return a cast, a term made from a text, the type of a term, or a text with changes."""
        match self._random.randrange(6):
            case 0:
                return f"IRI(STR({name}))", "state"
            case 1:
                datatype = self._random.choice(("integer", "date"))
                return f"STRDT(STR({name}), xsd:{datatype})", datatype
            case 2:
                return f"DATATYPE({name})", "option"
            case 3:
                pattern, replacement = self._random.choice(_REPLACED)
                return f'REPLACE({text}, "{pattern}", "{replacement}")', "string"
        datatype, kind = self._random.choice(_CASTS)
        return f"xsd:{datatype}({self._random.choice((name, f'STR({name})'))})", kind
