"""Tests of the client: python3 -m unittest test_transfer_nas, in this folder.

Most of them ask a small service of their own that loses answers, refuses and keeps silent as it is told. With
`TRANSFER_NAS_TEST_URL` and `TRANSFER_NAS_TEST_STUDY` the last one asks a real one.
"""

import json
import logging
import math
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import transfer_nas
from transfer_nas import Error, NotAllowed, NotFound, Refused, Study, Unreachable

LOSE, DROP = "lose the answer", "drop the request"


class Service:
    """A study with some trials, and what is to go wrong with the next requests of a kind."""

    def __init__(self, trials=3):
        self.queue = deque(range(trials))
        self.running = {}
        self.attempts = {}
        self.told, self.reports, self.notes, self.enqueued, self.heartbeats = {}, [], [], [], []
        self.faults = {}
        self.requests = []
        self.ending = "complete"
        self.waits = False
        self.token = None
        self.lost = []
        self.prunes_at = math.inf
        self.lock = threading.Lock()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                service.answer(self)

            do_GET = do_POST

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = "http://127.0.0.1:%d" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, request):
        length = int(request.headers.get("Content-Length") or 0)
        body = json.loads(request.rfile.read(length), parse_constant=self.no_constant) if length else None
        kind = request.path.rsplit("/", 1)[-1]
        with self.lock:
            self.requests.append((kind, body, dict(request.headers)))
            fault = self.faults.get(kind, [None])
            fault = fault.pop(0) if fault else None
            if fault == DROP:
                return self.cut(request)
            status, answer, headers = 200, None, {}
            if isinstance(fault, tuple):
                status, answer, headers = fault
            elif self.token and request.headers.get("Authorization") != "Bearer " + self.token:
                status, answer = 401, {"error": "the service asks for its token"}
            elif not request.path.startswith("/api/v1/studies/a%20%2F%20study"):
                status, answer = 404, {"error": "there is no such study"}
            else:
                answer = self.done(kind, request.path, body)
            if fault == LOSE:
                return self.cut(request)
        text = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        request.send_response(status)
        for name, value in dict(headers, **{"Content-Length": str(len(text))}).items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(text)

    @staticmethod
    def no_constant(name):
        raise AssertionError(name + " is no JSON")

    @staticmethod
    def cut(request):
        request.close_connection = True
        request.connection.shutdown(socket.SHUT_RDWR)

    def done(self, kind, path, body):
        if kind in ("report", "tell", "note"):
            body = dict(body, trial=int(path.split("/")[-2]))
        return getattr(self, "on_" + kind, self.on_status)(body)

    def on_status(self, _):
        return {"name": "a / study", "done": len(self.told), "ending": None}

    def on_ask(self, body):
        held = {(held["trial"], held["attempt"]) for held in body["held"]}
        own = [trial for trial, (attempt, worker) in self.running.items() if worker == body["worker"] and (trial, attempt) not in held]
        if own:
            trial = own[0]
        elif self.queue:
            trial = self.queue.popleft()
            self.attempts[trial] = self.attempts.get(trial, 0) + 1
            self.running[trial] = (self.attempts[trial], body["worker"])
        else:
            return {"trial": None, "ending": None if self.running or self.waits else self.ending}
        config = {"layers": trial, "blocks": [{"width": 16}]}
        values = {"Net.layers": trial, "Net.blocks[0].width": 16}
        assignment = {"study": "a / study", "trial": trial, "attempt": self.attempts[trial], "task": "default"}
        return {"trial": dict(assignment, config=config, values=values), "ending": None}

    def on_report(self, body):
        self.reports.append((body["trial"], body["step"], body["value"]))
        return {"prune": body["step"] >= self.prunes_at, "current": body["trial"] in self.running}

    def on_tell(self, body):
        trial, key = body["trial"], (body["trial"], body["attempt"])
        if key in self.told:
            return {"kept": "again"}
        if "cancelled" in body["outcome"]:
            if self.running.pop(trial, None):
                self.queue.append(trial)
            return {"kept": "counts"}
        self.told[key] = body["outcome"]
        return {"kept": "counts" if self.running.pop(trial, None) else "beside"}

    def on_note(self, body):
        self.notes.append((body["trial"], body["key"], body["value"]))
        return {}

    def on_heartbeat(self, body):
        self.heartbeats.append((body["worker"], body["held"]))
        return {"lost": self.lost, "abandon_after": 0.25}

    def on_enqueue(self, body):
        self.enqueued.append(body)
        return {"trial": 99}


class Case(unittest.TestCase):
    def setUp(self):
        self.service = Service()
        self.addCleanup(self.service.close)
        for name, value in {"_FIRST_PAUSE": 0.01, "_LONGEST_PAUSE": 0.05, "_HEARTBEAT": 0.05}.items():
            self.addCleanup(setattr, transfer_nas, name, getattr(transfer_nas, name))
            setattr(transfer_nas, name, value)
        logging.getLogger("transfer_nas").setLevel(logging.CRITICAL)

    def study(self, **settings):
        study = Study(self.service.url, "a / study", **settings)
        self.addCleanup(study.close)
        return study

    def kinds(self, kind):
        return [request for request in self.service.requests if request[0] == kind]


class Trials(Case):
    def test_all_trials_are_evaluated_and_told(self):
        study = self.study()
        for trial in study.trials(wait=0):
            self.assertEqual(trial.config, {"layers": trial.number, "blocks": [{"width": 16}]})
            self.assertEqual(trial.values["Net.blocks[0].width"], 16)
            self.assertEqual((trial.attempt, trial.task, trial.is_told), (1, "default", False))
            self.assertEqual(trial.tell(trial.number / 2), "counts")
            self.assertTrue(trial.is_told)
        self.assertEqual(study.ending, "complete")
        self.assertEqual(self.service.told, {(n, 1): {"reward": n / 2} for n in range(3)})

    def test_each_kind_of_outcome(self):
        first, second, third = [self.study().ask() for _ in range(3)]
        first.fail("no memory", severity=2)
        second.prune()
        third.cancel()
        self.assertEqual(self.service.told, {(0, 1): {"failed": "no memory", "severity": 2.0}, (1, 1): {"pruned": True}})
        self.assertEqual(list(self.service.queue), [2])

    def test_numbers_that_json_has_not_are_null(self):
        trial = self.study().ask()
        trial.report(0, math.nan)
        trial.report(1, 0.5)
        trial.note("losses", [1.0, math.inf, {"last": math.nan, 3: True}])
        trial.tell(math.nan)
        self.assertEqual(self.service.reports, [(0, 0, None), (0, 1, 0.5)])
        self.assertEqual(self.service.notes, [(0, "losses", [1.0, None, {"last": None, "3": True}])])
        self.assertEqual(self.service.told[0, 1], {"reward": None})

    def test_several_objectives_and_limits_are_told(self):
        trials = self.study().trials()
        trial = next(trials)
        self.assertEqual(trial.objectives, [])
        trial.constraint("latency_ms", 9, at_most=1)
        trial.constraint("latency_ms", 12.5, at_least=0, at_most=10)
        trial.tell(values={"accuracy": 0.5, "params": math.nan})
        constraint = {"name": "latency_ms", "value": 12.5, "at_least": 0.0, "at_most": 10.0}
        self.assertEqual(self.service.told[0, 1], {"values": {"accuracy": 0.5, "params": None}, "constraints": [constraint]})
        trial = next(trials)
        for wrong in [{"value": 1.0}, {"value": math.nan, "at_most": 1.0}, {"value": 1.0, "at_least": math.inf}]:
            with self.assertRaises(ValueError):
                trial.constraint("latency_ms", **wrong)
        for wrong in [{}, {"reward": 1.0, "values": {}}]:
            with self.assertRaises(TypeError):
                trial.tell(**wrong)
        trial.tell(1.0)
        self.assertEqual(self.service.told[1, 1], {"reward": 1.0})

    def test_what_other_libraries_call_numbers(self):
        class Scalar:
            def __float__(self):
                return 0.25

            def __index__(self):
                return 7

            def tolist(self):
                return 0.25

        trial = self.study().ask()
        trial.report(Scalar(), Scalar())
        trial.note("loss", {"mean": Scalar()})
        self.assertEqual((self.service.reports, self.service.notes), ([(0, 7, 0.25)], [(0, "loss", {"mean": 0.25})]))
        self.assertRaises(TypeError, trial.note, "model", object())
        self.assertRaises(TypeError, trial.report, 1.5, 0.0)
        self.assertRaises(ValueError, trial.report, -1, 0.0)

    def test_a_report_says_where_to_stop(self):
        self.service.prunes_at = 2
        trial = self.study().ask()
        self.assertEqual([trial.report(step, 0.0) for step in range(4)], [False, False, True, True])

    def test_a_worker_leaves_where_there_is_nothing_for_long(self):
        self.service.waits = True
        self.service.queue.clear()
        begin = time.monotonic()
        self.assertEqual(list(self.study().trials(wait=0.1, max_idle=0.3)), [])
        self.assertLess(0.25, time.monotonic() - begin)
        self.assertLess(len(self.kinds("ask")), 10)

    def test_a_config_is_enqueued_once(self):
        self.assertEqual(self.study().enqueue({"Net.layers": 4}, task="b"), 99)
        self.service.faults["enqueue"] = [LOSE]
        with self.assertRaisesRegex(Unreachable, "may have been done all the same"):
            self.study().enqueue({"Net.layers": 5})
        self.service.faults["enqueue"] = [(503, {"error": "busy"}, {})]
        self.study().enqueue({"Net.layers": 6})
        self.assertEqual([body["values"]["Net.layers"] for body in self.service.enqueued], [4, 5, 6])

    def test_the_study_can_be_read(self):
        self.assertEqual(self.study().status()["done"], 0)


class Faults(Case):
    def test_a_trial_whose_answer_was_lost_is_found_again(self):
        self.service.faults["ask"] = [LOSE, DROP, LOSE]
        trial = self.study().ask()
        self.assertEqual((trial.number, trial.attempt), (0, 1))
        self.assertEqual([body["held"] for _, body, _ in self.kinds("ask")], [[]] * 4)
        other = trial.study.ask()
        self.assertEqual(other.number, 1)
        self.assertEqual(self.kinds("ask")[-1][1]["held"], [{"trial": 0, "attempt": 1}])

    def test_what_is_told_twice_is_told_once(self):
        self.service.faults["tell"] = [LOSE, DROP]
        trial = self.study().ask()
        self.assertEqual(trial.tell(0.5), "again")
        self.assertEqual((self.service.told, len(self.kinds("tell"))), ({(0, 1): {"reward": 0.5}}, 3))

    def test_statuses_that_pass_are_waited_for(self):
        busy = {"error": "the store does not answer"}
        self.service.faults["tell"] = [(503, busy, {}), (429, busy, {"Retry-After": "1"}), (502, b"<html>", {})]
        trial, begin = self.study().ask(), time.monotonic()
        self.assertEqual(trial.tell(0.5), "counts")
        self.assertLess(0.9, time.monotonic() - begin)

    def test_patience_ends_with_a_sentence(self):
        trial = self.study(patience=0.2).ask()
        self.service.faults["tell"] = [(503, {"error": "the store does not answer"}, {})] * 1000
        with self.assertRaisesRegex(Unreachable, r"tell was asked \d+ times in 0 s and did not answer: the store does not answer"):
            trial.tell(0.5)
        self.assertFalse(trial.is_told)
        # The service gives it again, and it can be told again.
        self.service.faults["tell"] = []
        self.assertEqual(trial.study.ask().number, 0)
        self.assertEqual(trial.tell(0.5), "counts")

    def test_a_service_that_is_not_there(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            url = "http://127.0.0.1:%d" % unused.getsockname()[1]
        with self.assertRaisesRegex(Unreachable, "was asked once and did not answer: .*refused"):
            Study(url, "a / study", patience=0).ask()

    def test_what_is_refused_is_not_tried_again(self):
        trial = self.study().ask()
        self.service.faults["report"] = [(400, {"error": "`step` is too large"}, {}), (500, b"?", {})]
        with self.assertRaisesRegex(Refused, "^`step` is too large$") as caught:
            trial.report(1, 0.0)
        self.assertEqual(caught.exception.status, 400)
        with self.assertRaisesRegex(Refused, "answers 500"):
            trial.report(1, 0.0)
        self.assertEqual(len(self.kinds("report")), 2)
        self.assertRaises(NotFound, Study(self.service.url, "another").ask)

    def test_a_token_is_sent_and_never_shown(self):
        self.service.token = "secret"
        with self.assertRaisesRegex(NotAllowed, "asks for its token"):
            self.study().ask()
        study = self.study(token="secret")
        self.assertEqual(study.ask().number, 0)
        self.assertNotIn("secret", repr(vars(study.ask())) + repr(study))
        with self.assertRaises(ValueError) as caught:
            self.study(token="secret\n")
        self.assertNotIn("secret", str(caught.exception))

    def test_no_other_address_gets_the_token(self):
        self.service.faults["ask"] = [(307, b"", {"Location": self.service.url + "/elsewhere"})]
        with self.assertRaisesRegex(Refused, "answers 307"):
            self.study(token="secret").ask()
        self.assertEqual(len(self.service.requests), 1)

    def test_addresses_that_are_none(self):
        for url in ["host:8080", "file:///etc/passwd", "http://", "http://a b", "http://a\n"]:
            self.assertRaises(ValueError, Study, url, "a")
        self.service.faults["ask"] = [(200, b"<html>", {})]
        with self.assertRaisesRegex(Error, "is it the address of `transfer-nas serve`"):
            self.study().ask()


class Blocks(Case):
    def test_an_exception_fails_the_trial_and_the_loop_goes_on(self):
        for trial in self.study().trials(wait=0):
            with trial:
                if trial.number == 1:
                    raise ArithmeticError("diverged")
                trial.tell(1.0)
        failed = self.service.told[1, 1]["failed"]
        self.assertTrue(failed.startswith("Traceback") and failed.endswith("ArithmeticError: diverged"), failed)
        self.assertEqual(len(self.service.told), 3)

    def test_long_tracebacks_keep_their_end(self):
        def deep(levels):
            return deep(levels - 1) + 1 if levels else [][0]

        with self.study().ask():
            deep(300)
        with self.study().ask():
            raise ValueError("x" * 100_000 + " in the end")
        lines = self.service.told[0, 1]["failed"].splitlines()
        self.assertLessEqual(len(lines), 41)
        self.assertEqual(lines[-1], "IndexError: list index out of range")
        self.assertTrue(self.service.told[1, 1]["failed"].endswith("x in the end"))
        self.assertLess(len(self.service.told[1, 1]["failed"]), 21_000)

    def test_who_is_interrupted_hands_the_trial_back(self):
        for kind in (KeyboardInterrupt, SystemExit):
            with self.assertRaises(kind), self.study().ask():
                raise kind
        self.assertEqual((self.service.told, self.service.running, sorted(self.service.queue)), ({}, {}, [0, 1, 2]))

    def test_a_block_that_tells_nothing_fails(self):
        with self.study().ask():
            pass
        self.assertIn("told no outcome", self.service.told[0, 1]["failed"])

    def test_what_happens_after_the_outcome_is_not_the_trials(self):
        with self.assertRaises(ZeroDivisionError), self.study().ask() as trial:
            trial.tell(1.0)
            raise ZeroDivisionError
        self.assertEqual(self.service.told, {(0, 1): {"reward": 1.0}})

    def test_where_the_service_refuses_the_trial_has_not_failed(self):
        self.service.faults["report"] = [(400, {"error": "no"}, {})]
        with self.assertRaises(Refused), self.study().ask() as trial:
            trial.report(0, 1.0)
        self.assertEqual((self.service.told, self.service.running), ({}, {}))


class Heartbeats(Case):
    def until(self, holds):
        for _ in range(200):
            if holds():
                return
            time.sleep(0.02)
        self.fail("it never happened")

    def test_they_say_what_is_held(self):
        study = self.study()
        trial = study.ask()
        self.until(lambda: (study.worker, [{"trial": 0, "attempt": 1}]) in self.service.heartbeats)
        trial.tell(1.0)
        self.until(lambda: self.service.heartbeats and self.service.heartbeats[-1] == (study.worker, []))
        study.close()
        count = len(self.service.heartbeats)
        time.sleep(0.3)
        self.assertLessEqual(len(self.service.heartbeats), count + 1)

    def test_they_go_on_after_a_failure_and_after_a_new_beginning(self):
        study = self.study()
        self.service.faults["heartbeat"] = [DROP, (500, b"", {}), LOSE]
        study.ask()
        self.until(lambda: len(self.service.heartbeats) > 2)
        study.close()
        study.ask()
        count = len(self.service.heartbeats)
        self.until(lambda: len(self.service.heartbeats) > count + 2)

    def test_a_trial_that_is_lost_says_so(self):
        study = self.study()
        trial = study.ask()
        self.service.lost = [{"trial": 0, "attempt": 1}, {"trial": 7, "attempt": 1}]
        self.until(lambda: trial.is_lost)
        self.until(lambda: self.service.heartbeats[-1] == (study.worker, []))
        self.assertEqual(trial.tell(1.0), "counts", "the first outcome counts, however late")

    def test_workers_have_names_of_their_own(self):
        names = {Study(self.service.url, "a", worker="gpu").worker for _ in range(100)}
        self.assertEqual(len(names), 100)
        self.assertTrue(all(name.startswith("gpu-%d-" % os.getpid()) for name in names))

    @unittest.skipUnless(hasattr(os, "fork"), "there is no fork")
    def test_a_forked_process_is_a_worker_of_its_own(self):
        study = self.study()
        study.ask()
        child = os.fork()
        if child == 0:
            try:
                study.ask().tell(0.5)
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        workers = {body["worker"] for _, body, _ in self.kinds("ask")}
        self.assertEqual((len(workers), list(self.service.told)), (2, [(1, 1)]))


class Processes(Case):
    """What is left of a process that ends."""

    def run_python(self, program):
        path = os.path.dirname(os.path.abspath(transfer_nas.__file__))
        begin = "import sys; sys.path.insert(0, %r); from transfer_nas import Study; study = Study(%r, 'a / study')\n"
        return subprocess.Popen([sys.executable, "-c", begin % (path, self.service.url) + program], stderr=subprocess.PIPE)

    def test_what_was_held_is_handed_back_at_the_end(self):
        process = self.run_python("study.ask(); study.ask(); raise RuntimeError('outside of a block')")
        process.communicate()
        self.assertEqual((self.service.running, sorted(self.service.queue)), ({}, [0, 1, 2]))

    @unittest.skipIf(os.name == "nt", "there are no such signals")
    def test_ctrl_c_hands_the_trial_back(self):
        # Those who start the tests may ignore the signal, which processes inherit.
        lines = [
            "import signal, sys, time",
            "signal.signal(signal.SIGINT, signal.default_int_handler)",
            "with study.ask():",
            "    print('begun', file=sys.stderr, flush=True)",
            "    time.sleep(60)",
        ]
        process = self.run_python("\n".join(lines))
        self.assertEqual(process.stderr.readline(), b"begun\n")
        process.send_signal(signal.SIGINT)
        process.communicate()
        self.assertEqual((self.service.running, sorted(self.service.queue)), ({}, [0, 1, 2]))


@unittest.skipUnless(os.environ.get("TRANSFER_NAS_TEST_URL"), "TRANSFER_NAS_TEST_URL names no service")
class Real(unittest.TestCase):
    """With a real service whose study has integers and an end."""

    def test_a_study_is_evaluated_to_its_end(self):
        study = Study(os.environ["TRANSFER_NAS_TEST_URL"], os.environ["TRANSFER_NAS_TEST_STUDY"])
        numbers = []
        for trial in study.trials(wait=5, max_idle=60):
            with trial:
                numbers.append(trial.number)
                reward = float(sum(value for value in trial.values.values() if isinstance(value, int)))
                trial.note("values", trial.values)
                self.assertFalse(trial.report(0, math.nan) or trial.report(1, reward))
                if trial.number % 5 == 4 and trial.attempt == 1:
                    raise RuntimeError("on purpose")
                trial.tell(reward)
        self.assertIsNotNone(study.ending)
        status = study.status()
        self.assertEqual(status["done"] + status["failed"] + status["pruned"], status["trials"])
        self.assertLessEqual({0, 1, 2}, set(numbers))
        self.assertIsNotNone(status["best"])


if __name__ == "__main__":
    unittest.main()
