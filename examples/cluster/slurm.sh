#!/bin/bash
# Workers of the study `cnn` as a job array: each takes trials that nobody has until the study ends. Start and stop them as you like:
#
#   export STORE=postgres://alice@db.example/research   # or http://host:8080, where `transfer-nas serve` runs
#   export RUNS=/shared/alice/cnn                       # a directory that all nodes see
#   sbatch --cpus-per-task=2 --time=7-00 --wrap=./lead  # what proposes: one process, in Rust
#   sbatch examples/cluster/slurm.sh
#
#SBATCH --job-name=cnn
#SBATCH --array=0-15
#SBATCH --gres=gpu:1
#SBATCH --cpus-per-task=4
#SBATCH --time=12:00:00
#SBATCH --output=cnn-%A-%a.log
#SBATCH --open-mode=append
# A minute before the time is over the trial is handed back. A job that is preempted is queued again.
#SBATCH --signal=B:TERM@60
#SBATCH --requeue
set -euo pipefail
: "${STORE:?where the study is: postgres://user@host/database, or http://host:8080}"
: "${RUNS:?a directory that all nodes see}"

# `exec`, so that it is the worker that gets the signals of the batch system. Where a job has several GPUs, see docs/cluster.md.
exec transfer-nas worker "$STORE" --study cnn --parallel 1 --wait 10m --max-idle 1h --timeout 6h \
  --name "slurm-$SLURM_ARRAY_JOB_ID-$SLURM_ARRAY_TASK_ID" --dir "$RUNS" \
  -- python3 train.py
