"""Persons in running texts: what is found beside posts, titles, labels and numbers, and what is no person."""

from __future__ import annotations

import time

import pytest

from gridkit.io.person_spans import person_spans


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("由李明同志负责的小区", ["李明"]),
        ("联系人：王小丽 包联的小区", ["王小丽"]),
        ("党支部书记王小丽包联小区41个", ["王小丽"]),
        ("党支部书记何丽包联小区41个", ["何丽"]),
        ("李明（13812345678）联系的网格", ["李明", "13812345678"]),
        ("王建国书记包联小区35个", ["王建国"]),
        ("组长：赵敏，13900001111，走访", ["赵敏", "13900001111"]),
        ("13812345678户覆盖率98%", ["13812345678"]),
        ("欧阳震华主任，李书记带队", ["欧阳震华", "李"]),
        ("组长赵敏、钱伟芳、孙丽负责", ["赵敏", "钱伟芳", "孙丽"]),
        ("党员王建国认领3件", ["王建国"]),
        ("由张璟颢牵头", ["张璟颢"]),
        ("电话０８５５－８２２３３４４，微信:abc_123", ["０８５５－８２２３３４４", "abc_123"]),
        ("网格长\t小区数\n王建国\t35个\n", ["王建国"]),
        ("街道\t小区数\n西门街道\t35个\n", []),
        ("社区党总支书记高度重视", []),
        ("江社区书记25名、党支部书记150名", []),
        ("书记空缺3个，主任任期5年，党员占比55.2%，党员任小区党支部书记", []),
        ("指派党建指导员102名，楼栋党小组长107名", []),
        ("统计用代码522601001002001", []),
    ],
)
def test_persons_of_sentences(text, found):
    assert [text[start:end] for start, end in person_spans(text)] == found


def test_the_cost_grows_with_the_text():
    text = "由李明同志负责，组长赵敏、钱伟芳、13900001111；" * 4000
    start = time.process_time()
    assert len(person_spans(text)) == 16000
    assert time.process_time() - start < 5
