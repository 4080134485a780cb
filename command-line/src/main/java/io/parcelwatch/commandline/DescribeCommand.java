package io.parcelwatch.commandline;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parcelwatch.importorders.ImportOrders;
import io.parcelwatch.importorders.ImportOrders.Recognised;
import io.parcelwatch.intake.CsvDialect;
import io.parcelwatch.intake.FileHead;
import io.parcelwatch.intake.InputFile;
import io.parcelwatch.mapping.ColumnProfile;
import io.parcelwatch.mapping.FileProfile;
import io.parcelwatch.mapping.Proposal;
import io.parcelwatch.wire.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "describe",
        description = {
            "Looks at a file and says what it holds, whether it is the export of a channel we know, and if not, proposes a mapping with"
                    + " which import-orders --mapping can read it. Reads the whole file, and writes nothing anywhere.",
            "",
            "The mapping goes to standard output, so that it can be saved; what was found to standard error. Guesses that are doubtful"
                    + " have a comment; what cannot be guessed is a comment that begins with \"choose\"."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {" 0:described", " 2:wrong usage, or a file that is missing, empty or no delimited text"},
        footer = {"%nExample:%n  ./parcelwatch describe orders.csv > orders.yaml"})
final class DescribeCommand implements Callable<Integer> {

    @ParentCommand
    private Parcelwatch parcelwatch;

    @Option(
            names = "--fulfilments",
            description = "the file tells of parcels, for import-fulfilments, and not of orders")
    private boolean fulfilments;

    @Parameters(paramLabel = "FILE", description = "a delimited file")
    private Path file;

    @Override
    public Integer call() {
        Output output = parcelwatch.output();
        InputFile input = InputFile.look(file);
        List<Recognised> known = fulfilments ? List.of() : ImportOrders.recognise(input);
        ObjectNode object = Json.MAPPER.createObjectNode().put("file", input.name());
        for (Recognised one : known) {
            object.withArray("formats")
                    .addObject()
                    .put("channel", one.channel())
                    .put("format", one.format());
        }
        if (FileHead.of(input).json()) {
            if (known.isEmpty()) {
                throw new UsageException(
                        file + " is JSON of no channel that we know: a mapping reads delimited text only");
            }
        } else {
            describe(FileProfile.of(input), known, object, output);
        }
        if (output.json()) {
            output.object(object);
        }
        for (Recognised one : known) {
            output.note("%s is an export of %s (%s), and needs no mapping: import it with --channel %s"
                    .formatted(input.name(), one.channel(), one.format(), one.channel()));
        }
        return ExitCode.DONE;
    }

    private void describe(FileProfile profile, List<Recognised> known, ObjectNode object, Output output) {
        write(profile, object);
        String mapping =
                known.isEmpty() ? fulfilments ? Proposal.ofFulfilments(profile) : Proposal.ofOrders(profile) : null;
        if (mapping != null) {
            object.put("mapping", mapping);
        }
        if (output.json()) {
            return;
        }
        output.note("%s: %s, fields separated by %s, column names in line %d; %,d rows%s"
                .formatted(
                        profile.head().input().name(),
                        profile.head().input().charset(),
                        delimiter(profile.head().dialect()),
                        profile.headerLine(),
                        profile.rows(),
                        profile.broken() == 0 ? "" : ", and %,d that cannot be read".formatted(profile.broken())));
        List<List<String>> table = new ArrayList<>();
        table.add(List.of("column", "holds", "blank", "distinct", "examples"));
        for (ColumnProfile column : profile.columns()) {
            table.add(List.of(
                    harmless(column.name()),
                    column.kind().toString(),
                    "%.0f%%".formatted(100.0 * column.blank() / Math.max(1, column.blank() + column.filled())),
                    distinct(column),
                    harmless(String.join(", ", column.examples()))));
        }
        output.noteTable(table);
        if (mapping != null) {
            output.line(mapping.stripTrailing());
        }
    }

    /** Text of a file for a terminal: on one line, without the characters that command terminals. */
    private static String harmless(String text) {
        return text.replaceAll("[\\s\\p{Cntrl}]+", " ");
    }

    private static String distinct(ColumnProfile column) {
        return "%s%,d".formatted(column.distinct() >= ColumnProfile.MAX_DISTINCT ? "≥ " : "", column.distinct());
    }

    private static void write(FileProfile profile, ObjectNode object) {
        object.put("charset", profile.head().input().charset().name());
        object.put("delimiter", String.valueOf(profile.head().dialect().delimiter()));
        object.put("header_line", profile.headerLine());
        object.put("rows", profile.rows());
        object.put("unreadable_rows", profile.broken());
        ArrayNode columns = object.putArray("columns");
        for (ColumnProfile column : profile.columns()) {
            ObjectNode one = columns.addObject();
            one.put("name", column.name());
            one.put("kind", column.kind().name().toLowerCase(Locale.ROOT));
            one.put("blank", column.blank());
            one.put("distinct", column.distinct());
            column.examples().forEach(one.withArray("examples")::add);
        }
    }

    private static String delimiter(CsvDialect dialect) {
        return switch (dialect.delimiter()) {
            case ',' -> "comma";
            case ';' -> "semicolon";
            case '\t' -> "tab";
            case '|' -> "pipe";
            default -> String.valueOf(dialect.delimiter());
        };
    }
}
