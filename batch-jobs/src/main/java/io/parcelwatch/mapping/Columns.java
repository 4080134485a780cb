package io.parcelwatch.mapping;

import io.parcelwatch.intake.CsvHead;
import io.parcelwatch.intake.Fields;
import io.parcelwatch.settings.Similar;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What can be said of a column that a file has not. */
final class Columns {

    private static final int LISTED = 12;

    private Columns() {}

    static String missing(String wanted, CsvHead head) {
        String what = "no column `" + wanted + "` in " + head.input().name();
        Optional<String> near = Similar.to(wanted, head.columns());
        if (near.isPresent()) {
            return what + "; did you mean `" + near.get() + "`?";
        }
        List<String> columns = head.columns();
        if (columns.size() == 1) {
            return what + ", whose only column is `" + Fields.shortened(columns.get(0))
                    + "`: say file.delimiter, or file.header_row where other lines stand above the column names";
        }
        return what + "; it has "
                + columns.stream()
                        .limit(LISTED)
                        .map(column -> "`" + Fields.shortened(column) + "`")
                        .collect(Collectors.joining(", "))
                + (columns.size() > LISTED ? " and " + (columns.size() - LISTED) + " more" : "");
    }
}
