"""The words of the web application: all in Danish, none stale, and what finds it out finds it."""

from __future__ import annotations

import shutil

import pytest

import messages


def test_every_word_is_in_danish_and_fresh():
    assert list(messages.faults(messages.WEB)) == []


@pytest.fixture
def web(tmp_path):
    """Give a folder with two parts, each with a word or two."""
    folder = tmp_path / "web"
    for part in ("", "inner"):
        (folder / part / "locale").mkdir(parents=True)
    (folder / "one.py").write_text("from x import _\na = _('House')\n", encoding="utf-8")
    (folder / "inner" / "page.html").write_text(
        "{% load i18n %}<p>{% translate 'House' %}</p>\n  <p>{% blocktranslate trimmed count n=n %}"
        "\n {{ n }} idea{% plural %}{{ n }} ideas{% endblocktranslate %}",
        encoding="utf-8",
    )
    return folder


def tell(root, **told):
    """Write Danish into the file of a folder."""
    path = messages.po(root)
    text = path.read_text(encoding="utf-8")
    for english, danish in told.items():
        text = text.replace(
            f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{danish}"'
        )
    path.write_text(text, encoding="utf-8")


def kinds(web):
    return [fault.split(": ", 1)[1] for fault in messages.faults(web)]


def test_words_are_gathered_where_they_belong_and_their_danish_is_asked_for(web):
    assert "not gathered: 'House'" in kinds(web)
    messages.update(web, [])
    assert sorted(kinds(web)) == [
        "no Danish: '%(n)s idea'",
        "no Danish: 'House'",
        "no Danish: 'House'",
    ]


def test_the_same_word_is_told_once_and_compiled(web):
    messages.update(web, [])
    tell(web, House="Hus")
    assert "django.mo is not fresh: 'House'" in kinds(web)
    messages.update(web, [])
    assert kinds(web) == ["no Danish: '%(n)s idea'"]
    messages.po(web / "inner").with_suffix(".mo").unlink()
    assert "django.mo is not there" in kinds(web)


def test_a_word_told_in_two_ways_and_one_used_no_more_are_found(web):
    messages.update(web, [])
    tell(web, House="Hus")
    tell(web / "inner", House="Bolig")
    messages.update(web, [])
    assert "told otherwise in web: 'House'" in kinds(web)
    (web / "one.py").write_text("", encoding="utf-8")
    assert "used no more: 'House'" in kinds(web)


def test_a_fuzzy_word_and_a_placeholder_that_is_lost_are_found(web):
    messages.update(web, [])
    path = messages.po(web / "inner")
    text = path.read_text(encoding="utf-8")
    text = text.replace('msgstr[0] ""\nmsgstr[1] ""', 'msgstr[0] "ide"\nmsgstr[1] "ideer"')
    path.write_text(text.replace('msgid "House"', '#, fuzzy\nmsgid "House"'), encoding="utf-8")
    found = kinds(web)
    assert "fuzzy: 'House'" in found
    assert any("placeholder" in one for one in found)
    shutil.rmtree(web / "inner" / "locale")
    assert "not gathered: ('%(n)s idea'" not in found
