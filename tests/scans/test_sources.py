"""Which repositories a fleet has: folders, archives and manifests."""

from __future__ import annotations

from pathlib import Path

import pytest
from checks import write_files
from composelint.linter.fleet.quick import quick_commit
from composelint.linter.fleet.sources import Source, SourceError, find_sources
from repositories import bare


def names(*paths: Path) -> list[str]:
    return [source.id for source in find_sources(map(str, paths))]


def test_a_folder_has_checkouts_bare_repositories_and_archives(tmp_path: Path) -> None:
    bare(tmp_path / "all" / "b.git", {"a": ""})
    write_files(
        {"all/team/c/.git/HEAD": "", "all/team/d.tar.gz": "", "all/notes.txt": ""}, tmp_path
    )
    write_files({"all/.hidden/e/.git/HEAD": "", "all/plain/Dockerfile": ""}, tmp_path)
    # What the clone was made from is a repository, too.
    assert names(tmp_path / "all") == ["b.git", "b.git.work", "team/c", "team/d.tar.gz"]
    assert names(tmp_path / "all/b.git", tmp_path / "all/team/d.tar.gz") == ["b.git", "d.tar.gz"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("fleet.csv", "id,path,revision,owner,tier\nshop,git/shop,v1,ann,1\n,git/api,,,\n"),
        (
            "fleet.jsonl",
            '{"id": "shop", "path": "git/shop", "revision": "v1", "owner": "ann", "tier": 1}\n\n'
            '{"path": "git/api", "tier": null}\n',
        ),
    ],
)
def test_a_manifest_lists_repositories_with_what_is_known_of_them(
    tmp_path: Path, name: str, text: str
) -> None:
    write_files({name: text}, tmp_path)
    assert find_sources([str(tmp_path / name)]) == [
        Source("shop", str(tmp_path / "git/shop"), "v1", "ann", {"tier": "1"}),
        Source("git/api", str(tmp_path / "git/api"), "", "", {"tier": ""}),
    ]


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("a.csv", "id,path\nx,a\nx,b\n", 'two repositories are called "x"'),
        ("a.csv", "id\nx\n", 'a.csv:2: "path" is missing'),
        ("a.csv", "path,state\na,b\n", '"state" is a column of the fleet'),
        ("a.csv", "path\na,b\n", "more values than columns"),
        ("a.csv", "path\n", "contains no repository"),
        ("a.jsonl", "[1]\n", "a.jsonl:1: it is not a JSON object"),
        ("a.jsonl", "[" * 100_000, "it is not a JSON object"),
        ("a.txt", "", "neither an archive nor a manifest"),
    ],
)
def test_errors_of_a_manifest_have_their_place(
    tmp_path: Path, name: str, text: str, why: str
) -> None:
    write_files({name: text}, tmp_path)
    with pytest.raises(SourceError, match=why):
        find_sources([str(tmp_path / name)])


def test_the_commit_is_read_from_plain_files_as_git_reads_it(tmp_path: Path) -> None:
    folder = bare(tmp_path / "a.git", {"a": ""})
    packed = (folder / "packed-refs").read_text()
    commit = packed.splitlines()[-1].split()[0]
    assert quick_commit(str(folder), "bare", "", 0) == commit
    assert quick_commit(str(tmp_path / "a.git.work"), "checkout", "HEAD", 0) == commit
    (folder / "HEAD").write_text(commit + "\n")
    assert quick_commit(str(folder), "bare", "", 0) == commit
    for text in ("ref: ../../secret\n", "ref: refs/../../secret\n", "junk", "ref: refs/heads/x\n"):
        (folder / "HEAD").write_text(text)
        assert quick_commit(str(folder), "bare", "", 0) == ""
