#!/bin/sh
# Workers of the study `cnn` on machines that you reach by ssh, without a batch system:
#
#   export STORE=postgres://alice@db.example/research RUNS=/shared/alice/cnn FOLDER=/shared/alice/code
#   ssh.sh start hosts.txt
#   ssh.sh stop hosts.txt
#
# hosts.txt has a host a line, and how many programs run there at once, such as one for each GPU: `gpu-node-1 4`.
set -eu
: "${STORE:?where the study is: postgres://user@host/database, or http://host:8080}"
: "${RUNS:?a directory that all hosts see}"
: "${FOLDER:?the directory with train.py on the hosts}"
action=${1:?start or stop} hosts=${2:?a file with the hosts}

# A text as one word of another shell.
quoted() { printf "'%s'" "$(printf %s "$1" | sed "s/'/'\\\\''/g")"; }

# A file `token` beside train.py has what a service asks for. Each program sees one GPU, that of its slot.
start() {
  cat <<COMMAND
cd $(quoted "$FOLDER") || exit
[ ! -f token ] || export TRANSFER_NAS_TOKEN="\$(cat token)"
nohup transfer-nas worker $(quoted "$STORE") --study cnn --parallel $(quoted "$2") --max-idle 1h --timeout 6h \
  --name $(quoted "ssh-$1") --dir $(quoted "$RUNS") \
  -- sh -c 'CUDA_VISIBLE_DEVICES=\$TRANSFER_NAS_SLOT exec python3 train.py' > $(quoted "worker-$1.log") 2>&1 < /dev/null &
echo \$! > $(quoted "worker-$1.pid")
COMMAND
}

# SIGTERM hands the trials back at once.
stop() { printf 'cd %s && kill -TERM "$(cat %s)"\n' "$(quoted "$FOLDER")" "$(quoted "worker-$1.pid")"; }

while read -r host slots _; do
  case $host in '' | '#'*) continue ;; esac
  case $action in
    start) command=$(start "$host" "${slots:-1}") ;;
    stop) command=$(stop "$host") ;;
    *) echo "$0: say start or stop" >&2 && exit 2 ;;
  esac
  ssh -n -o BatchMode=yes "$host" "$command" || echo "$0: $host: no success" >&2
done < "$hosts"
