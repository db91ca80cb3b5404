"""What code under test may do to whoever runs it: statements for the body of a forward pass, by what they do."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Program:
    """`findings`: the codes that the check must have; `says`: what its message must hold."""

    text: str
    status: str = "pass"
    findings: tuple[str, ...] = ()
    says: str = ""


def stopped(text, says=""):
    return Program(text, "error", ("timed-out",), says or "after 1 s")


def error(text, code, says=""):
    return Program(text, "error", (code,), says)


IGNORE_TERM = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"
BLOCK_ALL = "signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())"
SLEEP_IN_C = "ctypes.PyDLL(None).sleep(1000)"

WRITES = """for fd in range(3, {last} + 1):
        try: os.write(fd, b"garbage" * 9)
        except OSError: pass"""

PROGRAMS = {
    # Never coming back.
    "endless loop": stopped("while True: pass", "line 4 of layers.py, in at_its_worst"),
    "endless loop in C": stopped(SLEEP_IN_C, "of layers.py"),
    "ignores SIGTERM": stopped(f"{IGNORE_TERM}\n    while True: pass"),
    "blocks every signal": stopped(f"{BLOCK_ALL}\n    while True: pass"),
    "never stops printing": stopped("while True: print('x' * 10_000)"),
    # Leaving.
    "sys.exit": error("sys.exit(0)", "raised", "sys.exit"),
    "os._exit(0)": error("os._exit(0)", "exited", "exit code 0"),
    "exit in C": error("ctypes.CDLL(None)._exit(0)", "exited", "exit code 0"),
    "segmentation fault": error("ctypes.string_at(0)", "crashed", "SIGSEGV (segmentation fault) (line 4 of layers.py"),
    "kills its group": error("os.killpg(0, signal.SIGKILL)", "crashed", "SIGKILL"),
    "closes every descriptor": error("os.closerange(0, 5000)", "exited"),
    # Raising.
    "KeyboardInterrupt": error("raise KeyboardInterrupt", "raised", "KeyboardInterrupt"),
    "its own BaseException": error("raise Base('so there')", "raised", "Base: so there"),
    "exception without a message": error("raise Unspeakable", "raised", "(whose message cannot be had) (line 4 of "),
    "exception that cannot be pickled": error("raise Unpicklable(lambda: 1)", "raised", "Unpicklable"),
    "infinite recursion": error("relu_forward(x)", "raised", "RecursionError"),
    # Taking.
    "50 GB": error("np.ones(50 * 2**30, dtype=np.int8)", "raised", "MemoryError"),
    "prints what is no text": Program("os.write(1, bytes(range(256)))"),
    # Descriptors that are not its own.
    "closes 3 to 39": Program("os.closerange(3, 40)"),
    "closes 0 to 199": Program("os.closerange(0, 200)"),
    "writes to 3 to 39": Program(WRITES.format(last=39)),
    "writes to 3 to 4999": error(WRITES.format(last=4999), "crashed", "not its own"),
    # Changing what others rely on.
    "closes stdout": Program("sys.stdout.close(); os.closerange(1, 2)"),
    "closes all streams": Program("sys.stdout = sys.stderr = None; os.closerange(0, 3)"),
    "changes the folder": Program("os.chdir('/')"),
    "numpy's error state": Program("np.seterr(all='raise'); np.set_printoptions(precision=1); np.setbufsize(160)"),
    "global random state": Program("np.random.seed(77); random.seed(77); np.random.rand()"),
    "another generator": Program("np.random.set_bit_generator(np.random.PCG64(3))"),
    "warnings": Program("warnings.simplefilter('error')"),
    "environment": Program("os.environ.clear(); os.environ['HOME'] = '/nowhere'"),
    "imports": Program("sys.path.clear(); sys.argv.clear(); sys.meta_path.clear(); sys.modules.pop('numpy', 0)"),
    "interpreter": Program("sys.setrecursionlimit(400); sys.setswitchinterval(1); gc.disable(); os.umask(0o777)"),
    "signals": Program("signal.signal(signal.SIGUSR1, print); signal.setitimer(signal.ITIMER_REAL, 0.3)"),
    "tracing": Program("sys.settrace(lambda *a: None)"),
    "replaces numpy's functions": Program(
        "np.dot = np.float64 = np.where = None; np.int = int", findings=("replaced",)
    ),
    "deletes a builtin": Program("import builtins; del builtins.isinstance", "error", ("raised", "replaced")),
    # Leaving something behind.
    "a thread": Program("threading.Thread(target=time.sleep, args=(1000,)).start()"),
    "a child": Program("KEPT.append(x)\n    if len(KEPT) < 4 and os.fork() == 0: time.sleep(1000)"),
    "a child that comes back": Program("if len(KEPT) == 0: KEPT.append(os.fork())"),
    "a program": Program("KEPT.append(subprocess.Popen(['sleep', '1000']))"),
    "a daemon": Program("subprocess.run('sleep 1000 &', shell=True, start_new_session=True)"),
    "a child, then a crash": error("subprocess.Popen(['sleep', '1000']); ctypes.string_at(0)", "crashed"),
}
