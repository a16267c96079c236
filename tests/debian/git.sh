# A repository of 5,000 files: clone with links and without, fsck, branches, gc, bundles, worktrees.
# @timeout 200
cd /tmp
git config --global --add safe.directory '*'
git config --global user.name a && git config --global user.email a@b && git config --global init.defaultBranch main
export GIT_AUTHOR_DATE='2001-01-01T00:00:00Z' GIT_COMMITTER_DATE='2001-01-01T00:00:00Z'
mkdir repo && cd repo && git init -q
python3 - <<'P'
import os
for i in range(5000):
    d = f"d{i % 50}/e{i % 7}"
    os.makedirs(d, exist_ok=True)
    with open(f"{d}/f{i}.txt", "w") as f:
        f.write(f"line {i}\n" * (i % 20 + 1))
P
git add -A && git commit -qm one && git log --format='%H %s'
cd ..
git clone -q repo a
git clone -q --no-local file:///tmp/repo b
cd b && git fsck --full 2>&1
git status --short | wc -l
find . -name '*.txt' | wc -l
for i in 1 2 3; do
    git checkout -q -b br$i
    echo $i >> d0/e0/f0.txt; rm -f d1/e1/f$((i * 350 + 1)).txt; git mv d2/e2/f2.txt d2/e2/g$i.txt 2>/dev/null
    git add -A; git commit -qm "c$i"
done
git log --format='%H %s'
git gc -q && git fsck && git repack -adq && git bundle create -q ../x.bundle --all
git clone -q ../x.bundle ../c && cd ../c && git checkout -q br3
git diff origin/main --stat | tail -3
git grep -c 'line 77$' | head -3
git worktree add -q ../w br2 && git -C ../w log -1 --format=%s
git clean -ndx; git stash list; git -C ../a status --short | wc -l
