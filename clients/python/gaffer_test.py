"""Usage: gaffer_test.py FOLDER-OF-PROGRAMS: against a gafferd of its own."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from gaffer import Gaffer, GafferError  # noqa: E402

PROGRAMS = sys.argv.pop(1)
PUPPET = os.path.join(PROGRAMS, "puppet")


class WithGafferd(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="gaffer-python-")
        self.environment = {**os.environ, "GAFFER_DIR": self.directory}
        with open(self.directory + "/gaffer.ini", "w") as ini:
            ini.write(f"[process:cat]\ncmd = {PUPPET} echo-stdin\nredirect_input = true\n"
                      "[endpoint:tcp]\nbind = 127.0.0.1:0\n")
        self.start()
        self.gaffer = Gaffer("unix:" + self.directory + "/gaffer.sock")

    def tearDown(self):
        self.end()
        shutil.rmtree(self.directory)

    def start(self):
        self.gafferd = subprocess.Popen(
            [PROGRAMS + "/gafferd", "-c", self.directory + "/gaffer.ini"],
            env=self.environment, stderr=subprocess.PIPE, text=True)
        self.ready = ""
        while "ready" not in self.ready:
            self.ready = self.gafferd.stderr.readline()
            self.assertTrue(self.ready, "gafferd has ended")

    def end(self):
        self.gafferd.terminate()
        self.gafferd.communicate()
        self.assertEqual(0, self.gafferd.returncode)

    def test_controls(self):
        self.assertEqual("OK", self.gaffer.request("GET", "/ping"))
        self.assertEqual(["cat"], [one["name"] for one in self.gaffer.status()])
        self.gaffer.add({"name": "a", "cmd": PUPPET + " sleep"})
        self.assertEqual(1, self.gaffer.restart("a")["running"])
        self.assertEqual(2, self.gaffer.scale("a", "+1")["running"])
        self.assertEqual(0, self.gaffer.stop("a")["running"])
        self.assertEqual(2, self.gaffer.start("a")["running"])
        self.assertGreater(self.gaffer.run_once("a"), 1)
        self.gaffer.update("a", {"cmd": PUPPET + " sleep", "numprocesses": 1})
        self.gaffer.remove("a")
        with self.assertRaises(GafferError) as caught:
            self.gaffer.status("a")
        self.assertEqual((404, "not_found"), (caught.exception.status, caught.exception.error))

    def test_hears_events(self):
        events = self.gaffer.events("proc.cat", since=0)
        self.assertEqual(["create", "start", "spawn"], [next(events)["event"] for _ in range(3)])
        self.gaffer.stop("cat")
        self.assertIn("exit", [next(events)["event"] for _ in range(3)])

    def test_reads_what_is_written(self):
        self.gaffer.write("cat", b"one\n\xff\n")
        lines = self.gaffer.output("cat", lines="all")
        first, second = next(lines), next(lines)
        self.assertEqual(("one", 0, 4, "cat.1"), (first.text, first.offset, first.end, first.source))
        self.assertEqual(b"\xff", second.data)
        past = list(self.gaffer.output("cat", offset=4, follow=False))
        self.assertEqual([b"\xff"], [line.data for line in past])
        with self.assertRaises(GafferError):
            next(self.gaffer.output("cat", "nothing"))

    def test_goes_on_after_a_disconnect(self):
        self.gaffer.write("cat", b"one\n")
        lines = self.gaffer.output("cat", lines="all")
        self.assertEqual("one", next(lines).text)
        events = self.gaffer.events(since=0)
        next(events)
        self.end()
        self.start()
        self.gaffer.write("cat", b"two\n")
        self.assertEqual(("two", 4), (lambda line: (line.text, line.offset))(next(lines)))
        self.assertIn(next(events)["event"], ("gap", "create", "start", "spawn", "stop"))

    def test_speaks_tcp_with_a_token(self):
        url = "http://" + self.ready.split()[-1]
        with self.assertRaises(GafferError) as caught:
            Gaffer(url).status()
        self.assertEqual(401, caught.exception.status)
        token = self.gaffer.request("POST", "/tokens", {"name": "t", "scopes": ["read"]})["token"]
        self.assertEqual(1, len(Gaffer(url, token=token).status()))
        with self.assertRaises(GafferError) as caught:
            Gaffer(url, token=token).stop("cat")
        self.assertEqual(403, caught.exception.status)


if __name__ == "__main__":
    unittest.main()
