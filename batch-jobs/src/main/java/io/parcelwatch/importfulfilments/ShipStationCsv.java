package io.parcelwatch.importfulfilments;

import io.parcelwatch.importfulfilments.ToldFulfilment.Parcel;
import io.parcelwatch.importfulfilments.ToldFulfilment.Promise;
import io.parcelwatch.importfulfilments.ToldFulfilment.Row;
import io.parcelwatch.importfulfilments.ToldFulfilment.Source;
import io.parcelwatch.intake.BlockReader;
import io.parcelwatch.intake.BrokenRuleException;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.Conventions.DateOrder;
import io.parcelwatch.intake.CsvHead;
import io.parcelwatch.intake.CsvRows;
import io.parcelwatch.intake.CsvSurvey;
import io.parcelwatch.intake.Fields;
import io.parcelwatch.intake.FileHead;
import io.parcelwatch.intake.TimeStyle;
import io.parcelwatch.model.Place;
import java.time.Instant;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A shipments export of ShipStation and of software that follows it: a row a shipment, or a row an item of it. Which
 * columns it has, and how they are called, is up to the template that was saved: ShipStation's own are prefixed
 * ({@code Shipment - Tracking Number}), those of its grids are not ({@code Tracking #}); columns are found without
 * case, blanks and punctuation.
 *
 * <p>The names are those of ShipStation's custom shipment reports ({@code Order - Number}, {@code Shipment - Carrier},
 * {@code Carrier - Name}, {@code Carrier - Service Selected}, {@code Date - Shipped Date}, {@code Shipment - Void Flag},
 * {@code Shipment - Void Date}), of its order exports ({@code Carrier - Carrier Selected}) and of its grids, as public
 * programs read and list them: some ten that agree, found by searching public code for the prefixed names. ShipStation
 * publishes no page that lists them. Their times are like {@code 4/2/2021 4:00:00 AM}.
 *
 * <p>Fields and their meaning follow the shipment of ShipStation's API V1 (docs.shipstation.com, "List Shipments":
 * {@code shipmentId}, {@code orderNumber}, {@code shipDate}, {@code voided}, {@code voidDate}). Times have no offset;
 * where the account's zone is not told they are taken for Pacific Time. That is an assumption: users of the API report it of its times, and we
 * found no page of ShipStation's that says it of exports.
 */
final class ShipStationCsv implements FulfilmentFormat {

    /** What is written where nobody names the account's zone. */
    private static final ZoneId PACIFIC = ZoneId.of("America/Los_Angeles");

    private static final Pattern YES = Pattern.compile("true|yes|y|1|x|voided", Pattern.CASE_INSENSITIVE);

    /** A column that we read, under all the names it goes by, folded. */
    private enum Column {
        ORDER("ordernumber", "order#", "ordernumber#", "shipmentordernumber"),
        NUMBER("trackingnumber", "tracking#", "shipmenttrackingnumber"),
        CARRIER(
                "carrier",
                "carriername",
                "carriercode",
                "shipmentcarrier",
                "shippingcarrier",
                "carriercarrierselected"),
        SERVICE(
                "service",
                "servicename",
                "servicecode",
                "carrierservice",
                "shipmentservice",
                "shippingservice",
                "carrierserviceselected"),
        SHIPPED("shipdate", "shippeddate", "shipmentshipdate", "dateshippeddate", "dateshipdate"),
        SHIPMENT("shipmentid", "shipment#", "shipmentnumber"),
        MODIFIED("modifydate", "modifieddate", "shipmentmodifydate", "datemodified"),
        VOIDED("voided", "voidflag", "isvoided", "shipmentvoided", "shipmentvoidflag"),
        VOID_DATE("voiddate", "voideddate", "shipmentvoiddate"),
        SKU("itemsku", "sku"),
        QUANTITY("itemqty", "itemquantity", "quantity", "qty"),
        FROM_COUNTRY("shipfromcountry", "fromcountry"),
        FROM_REGION("shipfromstate", "fromstate"),
        FROM_POSTAL_CODE("shipfrompostalcode", "frompostalcode", "shipfromzip");

        private final List<String> names;

        Column(String... names) {
            this.names = List.of(names);
        }

        /** The column of a file, as its header writes it; empty where it has none. */
        private Optional<String> in(CsvHead head) {
            return names.stream()
                    .flatMap(name -> head.columns().stream()
                            .filter(column -> folded(column).equals(name)))
                    .findFirst();
        }
    }

    private static final List<Column> TIMES = List.of(Column.SHIPPED, Column.MODIFIED, Column.VOID_DATE);

    private static String folded(String column) {
        return column.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9#]", "");
    }

    @Override
    public String name() {
        return "shipstation-csv";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public Optional<String> refusal(FileHead head) {
        List<String> missing = Stream.of(Column.ORDER, Column.NUMBER, Column.CARRIER)
                .filter(column -> head.csv().flatMap(column::in).isEmpty())
                .map(column -> switch (column) {
                    case ORDER -> "Order Number";
                    case NUMBER -> "Tracking Number";
                    default -> "Carrier";
                })
                .toList();
        return missing.isEmpty() ? Optional.empty() : Optional.of("no column " + String.join(", ", missing));
    }

    @Override
    public List<String> warnings(FileHead head, Conventions conventions) {
        CsvHead csv = head.csv().orElseThrow();
        Stream<String> zone = conventions.zone().isEmpty()
                        && TIMES.stream().anyMatch(c -> c.in(csv).isPresent())
                ? Stream.of(
                        "times without offset are read as Pacific Time, which is an assumption: the account's zone is not told")
                : Stream.empty();
        Stream<String> id = Column.SHIPMENT.in(csv).isEmpty()
                ? Stream.of(
                        "the file has no column Shipment ID: a number that was corrected since an earlier file stays beside"
                                + " the wrong one, unless the wrong one is voided")
                : Stream.empty();
        return Stream.concat(zone, id).toList();
    }

    @Override
    public BlockReader.Opener<ToldFulfilment> prepare(FileHead head, Conventions conventions) {
        CsvHead csv = head.csv().orElseThrow();
        Map<Column, String> columns = new EnumMap<>(Column.class);
        for (Column column : Column.values()) {
            column.in(csv).ifPresent(name -> columns.put(column, name));
        }
        List<String> times =
                TIMES.stream().filter(columns::containsKey).map(columns::get).toList();
        DateOrder order =
                CsvSurvey.of(csv, times, List.of()).dates().decide(csv.input(), conventions, DateOrder.MONTH_FIRST);
        ZoneId zone = conventions.zone().orElse(PACIFIC);
        TimeStyle style = new TimeStyle(order, Optional.of(zone));
        return FulfilmentRows.in(
                csv,
                columns.get(Column.ORDER),
                row -> new Shipment(row, columns, style).read(),
                new Conventions(Optional.of(zone), Optional.of(order), Optional.empty()));
    }

    /** One row while it is read. */
    private static final class Shipment {

        private final CsvRows.Row row;
        private final Fields fields;
        private final Map<Column, String> columns;
        private final TimeStyle style;

        Shipment(CsvRows.Row row, Map<Column, String> columns, TimeStyle style) {
            this.row = row;
            this.fields = new Fields(row);
            this.columns = columns;
            this.style = style;
        }

        ToldFulfilment read() throws BrokenRuleException {
            String order = fields.id(columns.get(Column.ORDER));
            boolean voided =
                    has(Column.VOIDED) && YES.matcher(name(Column.VOIDED)).matches() || has(Column.VOID_DATE);
            return new ToldFulfilment(
                    row.line(),
                    row.text(),
                    new Source(ref(), asOf(), voided),
                    List.of(new Row(
                            order,
                            parcel(),
                            voided ? null : name(Column.SKU),
                            has(Column.QUANTITY) ? fields.quantity(columns.get(Column.QUANTITY)) : 0)));
        }

        private String ref() throws BrokenRuleException {
            return has(Column.SHIPMENT) ? "shipstation/" + fields.id(columns.get(Column.SHIPMENT)) : null;
        }

        /** An order that was marked as shipped without a label has no number: it names no parcel. */
        private Parcel parcel() throws BrokenRuleException {
            if (!has(Column.NUMBER)) {
                return null;
            }
            return new Parcel(
                    fields.requiredName(columns.get(Column.CARRIER)),
                    fields.id(columns.get(Column.NUMBER)),
                    null,
                    name(Column.SERVICE),
                    time(Column.SHIPPED),
                    Promise.NONE,
                    new Place(
                            null, name(Column.FROM_REGION), name(Column.FROM_POSTAL_CODE), name(Column.FROM_COUNTRY)));
        }

        private Instant asOf() throws BrokenRuleException {
            Instant modified = time(Column.MODIFIED);
            Instant voided = time(Column.VOID_DATE);
            return modified == null || voided != null && voided.isAfter(modified) ? voided : modified;
        }

        private boolean has(Column column) {
            return columns.containsKey(column) && row.get(columns.get(column)) != null;
        }

        private String name(Column column) throws BrokenRuleException {
            return has(column) ? fields.name(columns.get(column)) : null;
        }

        private Instant time(Column column) throws BrokenRuleException {
            return has(column) ? fields.time(columns.get(column), style) : null;
        }
    }
}
