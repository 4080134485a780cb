package io.parcelwatch.commandline;

/** What a command exits with (design, section 5). */
final class ExitCode {

    static final int DONE = 0;
    static final int FAILED = 1;
    static final int WRONG_USAGE = 2;
    static final int TOO_MANY_REJECTS = 3;
    static final int ALREADY_RUNNING = 4;
    /** Ended by Ctrl-C before it was done, as shells know it. */
    static final int INTERRUPTED = 130;

    private ExitCode() {}
}
