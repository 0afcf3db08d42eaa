#!/usr/bin/env -S python3 -IS
"""The AWS CLI, loaded once: each call is a fork of the process that loaded it. To load it takes most of the time of a call."""

import marshal
import os
import socket
import sys
import traceback


def serve(path):
    import awscli.clidriver

    # Loads what a call would load.
    awscli.clidriver.create_clidriver().session.create_client("sts", region_name="us-east-1")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(100)
    print("ready", flush=True)
    while True:
        caller, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            carry_out(caller, awscli.clidriver.main)
        caller.close()
        bury_the_dead()


def bury_the_dead():
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        pass


def carry_out(caller, main):
    """Does what the program `aws` does, with the caller's words, environment, folder and files."""
    asked, files, _, _ = socket.recv_fds(caller, 1, 3)
    while more := caller.recv(1_000_000):
        asked += more
    words, environment, folder = marshal.loads(asked)
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    # Beside them stands what the CLI set when it was loaded.
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["aws", *words]
    code = 255
    try:
        code = main()
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        caller.send(bytes([code or 0]))
        os._exit(0)


def ask(path, words):
    server = socket.socket(socket.AF_UNIX)
    server.connect(path)
    asked = marshal.dumps((words, dict(os.environ), os.getcwd()))
    socket.send_fds(server, [asked[:1]], [0, 1, 2])
    server.sendall(asked[1:])
    server.shutdown(socket.SHUT_WR)
    return server.recv(1)[0]


if os.environ.get("AWS_CLI_SOCKET"):
    sys.exit(ask(os.environ["AWS_CLI_SOCKET"], sys.argv[1:]))
serve(sys.argv[1])
