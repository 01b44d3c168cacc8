#!/bin/sh
# Everything from nothing: scenes, training, export, held-out scores. Needs: pip install -r requirements.txt (a CPU build of torch is enough).
# Usage: ./train.sh WORKDIR [MINUTES]
set -eu
cd "$(dirname "$0")"
work=$1
minutes=${2:-50}
python=${PYTHON:-python3}
mkdir -p "$work"
first=0
while [ "$first" -lt 4000 ]; do
  [ -f "$work/data/part_$(printf %06d "$first").json" ] || "$python" render.py --out "$work/data" --first "$first" --count 1000
  first=$((first + 1000))
done
"$python" train.py --data "$work/data" --out "$work/run" --minutes "$minutes"
"$python" export.py --weights "$work/run/weights.pt" --out ..
"$python" scenes.py --split heldout --count 200 --out "$work/heldout"
"$python" scenes.py --split unseen --count 150 --out "$work/unseen"
"$python" evaluate.py --model .. --data "$work/heldout" --json "$work/heldout.json"
"$python" evaluate.py --model .. --unseen "$work/unseen" --json "$work/unseen.json"
"$python" evaluate.py --model .. --data ../heldout --methods clearclip,clip --json "$work/expected.json"
