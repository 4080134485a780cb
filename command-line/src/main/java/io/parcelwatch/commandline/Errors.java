package io.parcelwatch.commandline;

import io.parcelwatch.intake.UnusableInputException;
import io.parcelwatch.settings.UnusableSettingsException;
import io.parcelwatch.watchshipments.WatchRefusedException;
import java.io.PrintWriter;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** One line on standard error that says what to do, of settings one for each error, and the right exit code. */
final class Errors {

    private Errors() {}

    /** The arguments do not fit the command. */
    static int wrongUsage(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        StringBuilder line = new StringBuilder(oneLine(e.getMessage()));
        if (e instanceof UnmatchedArgumentException unmatched
                && !unmatched.getSuggestions().isEmpty()) {
            line.append(" (")
                    .append(String.join(" or ", unmatched.getSuggestions()))
                    .append("?)");
        }
        say(command, line + ": see ./" + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.WRONG_USAGE;
    }

    /** The command threw. */
    static int failed(Exception e, CommandLine command, ParseResult parsed) {
        Throwable told = forAPerson(e);
        if (exitCode(told) == ExitCode.FAILED) {
            LoggerFactory.getLogger(Errors.class).error("{} failed", command.getCommandName(), e);
        }
        if (told instanceof UnusableInputException unusable) {
            unusable.problems().forEach(problem -> say(command, oneLine(problem)));
        } else if (told instanceof UnusableSettingsException unusable) {
            unusable.problems().forEach(problem -> say(command, oneLine(problem)));
        } else {
            say(command, told == null ? unexpected(e, command) : oneLine(told.getMessage()));
        }
        Object root = command.getCommandSpec().root().userObject();
        if (((Parcelwatch) root).stacktrace || System.getenv("PARCELWATCH_DEBUG") != null) {
            e.printStackTrace(command.getErr());
            command.getErr().flush();
        }
        return exitCode(told);
    }

    static int exitCode(Throwable told) {
        if (told instanceof UsageException
                || told instanceof UnusableInputException
                || told instanceof UnusableSettingsException
                || told instanceof WatchRefusedException) {
            return ExitCode.WRONG_USAGE;
        }
        return told instanceof AlreadyRunningException ? ExitCode.ALREADY_RUNNING : ExitCode.FAILED;
    }

    /** The outermost exception whose message was written for a person: all of ours are. */
    private static Throwable forAPerson(Throwable e) {
        return Stream.iterate(e, next -> next != null, Throwable::getCause)
                .filter(next -> next.getClass().getName().startsWith("io.parcelwatch."))
                .findFirst()
                .orElse(null);
    }

    private static String unexpected(Throwable e, CommandLine command) {
        Throwable root = Stream.iterate(e, next -> next != null, Throwable::getCause)
                .reduce((outer, inner) -> inner)
                .orElse(e);
        String message = root.getMessage() == null ? "" : ": " + root.getMessage();
        if (message.contains("No space left on device")) {
            return "no space left on the disk: free some, or set PARCELWATCH_HOME to a directory with more, and run again";
        }
        return command.getCommandName() + " failed (" + oneLine(root.getClass().getSimpleName() + message)
                + "): run it again; --stacktrace shows where";
    }

    private static void say(CommandLine command, String line) {
        PrintWriter err = command.getErr();
        err.println("parcelwatch: " + line);
        err.flush();
    }

    /** The first line; what libraries write below it is in the log. */
    static String oneLine(String text) {
        return text == null
                ? "no message"
                : text.lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .findFirst()
                        .orElse("no message");
    }
}
