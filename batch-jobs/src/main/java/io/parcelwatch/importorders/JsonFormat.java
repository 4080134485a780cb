package io.parcelwatch.importorders;

import com.fasterxml.jackson.databind.JsonNode;
import io.parcelwatch.intake.BlockReader;
import io.parcelwatch.intake.BrokenRuleException;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.FieldSource;
import io.parcelwatch.intake.Fields;
import io.parcelwatch.intake.FileHead;
import io.parcelwatch.intake.JsonFields;
import io.parcelwatch.intake.JsonRecords;
import io.parcelwatch.intake.JsonRecords.Item;
import io.parcelwatch.intake.Records;
import io.parcelwatch.intake.RejectedRecord;
import io.parcelwatch.intake.Rule;
import io.parcelwatch.intake.UnusableInputException;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A form in which a channel's API tells orders, an object an order; a subclass says which field is what. */
abstract class JsonFormat implements ChannelFormat {

    /** Records that are looked at to tell whether a file has the form. */
    private static final int LOOKED_AT = 20;

    private final Set<String> envelopes;

    /** @param envelopes names of fields in which the API's answers hold orders */
    JsonFormat(Set<String> envelopes) {
        this.envelopes = envelopes;
    }

    /** Whether an object is told in this form: it has the fields that make it an order of the channel. */
    abstract boolean tells(JsonNode object);

    /** Which fields those are, for a message. */
    abstract String needed();

    /** Whether an object is none of the things that are imported, though it stands among them. */
    boolean passedOver(JsonNode object) {
        return false;
    }

    /** An object as an order. */
    abstract ChannelOrder order(long line, JsonNode object, Conventions conventions) throws BrokenRuleException;

    /** What can be said of an object that is no good order: its id, total and currency, each null where that cannot be read. */
    abstract Known known(FieldSource object);

    /** See {@link RejectedRecord}. */
    record Known(String reference, String amount, String currency) {
        static final Known NOTHING = new Known(null, null, null);
    }

    @Override
    public final boolean json() {
        return true;
    }

    @Override
    public Optional<String> refusal(FileHead head) {
        try (JsonRecords records = JsonRecords.open(head.input(), envelopes, 0, 0)) {
            Item item = records.next();
            if (item == null) {
                // An answer without orders: nothing speaks against it.
                return Optional.empty();
            }
            for (int n = 0; n < LOOKED_AT && item != null; n++) {
                if (item.object() != null && tells(item.object())) {
                    return Optional.empty();
                }
                item = records.next();
            }
            return Optional.of("no object with " + needed());
        } catch (IOException e) {
            throw new UnusableInputException(head.input().path() + " cannot be read (" + e.getMessage() + ")");
        }
    }

    @Override
    public BlockReader.Opener<ChannelOrder> prepare(FileHead head, Conventions conventions) {
        return (offset, line) -> new Orders(records(head, offset, line), conventions);
    }

    final JsonRecords records(FileHead head, long offset, long line) throws IOException {
        return JsonRecords.open(head.input(), envelopes, offset, line);
    }

    /** A record that is rejected. */
    final Records.Read<ChannelOrder> rejected(Item item, Rule rule, String reason, String text) {
        Known known = item.object() == null ? Known.NOTHING : known(new JsonFields(item.object()));
        return Records.Read.rejected(
                new RejectedRecord(
                        item.line(),
                        rule,
                        reason,
                        text,
                        item.broken() == null ? known.reference() : storable(known.reference()),
                        Fields.amountOrNull(known.amount()),
                        currency(known.currency())),
                text.length());
    }

    private static String storable(String reference) {
        return reference != null && reference.chars().allMatch(c -> c >= ' ' && c < 0x7F) ? reference : null;
    }

    private static String currency(String written) {
        return written != null && written.matches("[A-Za-z]{3}") ? written : null;
    }

    private final class Orders implements Records<ChannelOrder> {

        private final JsonRecords records;
        private final Conventions conventions;

        Orders(JsonRecords records, Conventions conventions) {
            this.records = records;
            this.conventions = conventions;
        }

        @Override
        public Read<ChannelOrder> next() throws IOException {
            Item item = records.next();
            while (item != null && item.broken() == null && passedOver(item.object())) {
                item = records.next();
            }
            if (item == null) {
                return null;
            }
            if (item.broken() != null) {
                return rejected(item, item.broken(), item.reason(), item.text());
            }
            String text = item.text();
            try {
                return Read.accepted(order(item.line(), item.object(), conventions), item.bytes(), () -> text);
            } catch (BrokenRuleException e) {
                return rejected(item, e.rule(), e.getMessage(), text);
            }
        }

        @Override
        public long offset() {
            return records.offset();
        }

        @Override
        public long line() {
            return records.line();
        }

        @Override
        public void close() throws IOException {
            records.close();
        }
    }

    /** The fields of an object. */
    static Fields fields(JsonNode object) {
        return new Fields(new JsonFields(object));
    }

    /** The first of several texts that is there; null where none is. */
    static String firstOf(String... texts) {
        return Stream.of(texts).filter(Objects::nonNull).findFirst().orElse(null);
    }

    /** Those of several texts that are there. */
    static List<String> present(String... texts) {
        return Stream.of(texts).filter(Objects::nonNull).toList();
    }

    /** What is wrong with a part of an order, told with its place in it. */
    static BrokenRuleException in(String place, BrokenRuleException e) {
        return new BrokenRuleException(e.rule(), place + ": " + e.getMessage());
    }
}
