"""What an approver sees of a plan: all of it in lines of their own, whatever the names in it hold."""

from __future__ import annotations

import pytest
from plans import declare, make_plan

from holdfast.cli.restore_view import plan_text
from holdfast.restore.plan import Change, Changes


@pytest.mark.parametrize("evil", ["\x1b[2K\rharmless", "x\n  digest: 00", "\u202egnp.exe", "\x9b31m"])
def test_a_target_can_neither_move_the_cursor_nor_begin_a_line(evil):
    plan = make_plan(declare(), path=f"/srv/{evil}")
    shown = plan_text(plan)
    assert evil not in shown
    assert len(shown.splitlines()) == len(plan_text(make_plan(declare())).splitlines())
    assert "/srv/" in shown


def test_a_list_that_is_cut_says_so():
    names = tuple(Change(path=f"{number}.txt", change="create", bytes=1) for number in range(30))
    changes = Changes(sha256="cd" * 32, shown=names, not_shown=70)
    assert "and more; the plan's file names 30" in plan_text(make_plan(declare(), changes=changes))
    assert "and more" not in plan_text(make_plan(declare(), changes=Changes(sha256="cd" * 32, shown=names[:20])))
