package io.parcelwatch.localstack.simulator;

import io.parcelwatch.localstack.simulator.Truth.Fault;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes orders as Shopify's CSV export does: a row a line item, the order's own columns on its first row only. */
final class ShopifyExport {

    static final String[] HEADER =
            ("Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,"
                            + "Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,"
                            + "Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,"
                            + "Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,"
                            + "Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,Billing City,"
                            + "Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,"
                            + "Shipping Address1,Shipping Address2,Shipping Company,Shipping City,Shipping Zip,"
                            + "Shipping Province,Shipping Country,Shipping Phone,Notes,Note Attributes,Cancelled at,"
                            + "Payment Method,Payment Reference,Refunded Amount,Vendor,Outstanding Balance,Employee,"
                            + "Location,Device ID,Id,Tags,Risk Level,Source,Lineitem discount,Tax 1 Name,Tax 1 Value,"
                            + "Tax 2 Name,Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,Tax 4 Value,Tax 5 Name,Tax 5 Value,"
                            + "Phone,Receipt Number,Duties,Billing Province Name,Shipping Province Name,Payment ID,"
                            + "Payment Terms Name,Next Payment Due At,Payment References")
                    .split(",");

    private static final Map<String, Integer> COLUMNS = columns();
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss xx", Locale.ROOT);

    /**
     * An export as it is sent.
     *
     * @param bytes    the file
     * @param rejected the orders in it that are written broken
     */
    record Written(byte[] bytes, List<Truth.RejectedOrder> rejected) {}

    private ShopifyExport() {}

    static Written write(String fileName, List<SimOrder> orders, Instant at) {
        Csv csv = new Csv();
        List<Truth.RejectedOrder> rejected = new ArrayList<>();
        csv.add(HEADER);
        for (SimOrder order : orders) {
            if (order.brokenAt(at)) {
                rejected.add(new Truth.RejectedOrder(fileName, csv.nextLine(), order.name, fault(order.story)));
            }
            for (int line = 0; line < order.lines.size(); line++) {
                String[] row = new String[HEADER.length];
                everyRow(order, line, at, row);
                if (line == 0) {
                    firstRow(order, at, row);
                }
                csv.add(row);
            }
        }
        return new Written(csv.bytes(), rejected);
    }

    private static Fault fault(Story story) {
        return switch (story) {
            case REJECTED_CREATED_MISSING -> Fault.CREATED_AT_MISSING;
            case REJECTED_CREATED_UNREADABLE -> Fault.CREATED_AT_UNREADABLE;
            case REJECTED_TOTAL_NEGATIVE -> Fault.TOTAL_NEGATIVE;
            case REJECTED_TOTAL_UNREADABLE -> Fault.TOTAL_NO_NUMBER;
            default -> Fault.QUANTITY_NO_NUMBER;
        };
    }

    private static void everyRow(SimOrder order, int index, Instant at, String[] row) {
        SimOrder.Line line = order.lines.get(index);
        boolean broken = order.brokenAt(at);
        put(row, "Name", order.name);
        put(row, "Email", order.customer.email());
        put(row, "Created at", time(order.placedAt, order.written));
        if (broken && order.story == Story.REJECTED_CREATED_MISSING) {
            put(row, "Created at", "");
        }
        if (broken && order.story == Story.REJECTED_CREATED_UNREADABLE) {
            put(row, "Created at", "last Tuesday, about noon");
        }
        put(row, "Lineitem quantity", String.valueOf(line.quantity()));
        if (broken
                && index == order.lines.size() - 1
                && (order.story == Story.REJECTED_QUANTITY || order.story == Story.REJECTED_THEN_MENDED)) {
            put(row, "Lineitem quantity", "two");
        }
        put(row, "Lineitem name", line.product().name());
        put(row, "Lineitem price", money(line.product().cents()));
        put(row, "Lineitem sku", line.product().sku());
        put(row, "Lineitem requires shipping", "true");
        put(row, "Lineitem taxable", "true");
        int shipped = order.shipped(index, at);
        put(
                row,
                "Lineitem fulfillment status",
                shipped == 0 ? "pending" : shipped < line.quantity() ? "partial" : "fulfilled");
        put(row, "Vendor", "Parcel & Daughters, Ltd.");
        put(row, "Lineitem discount", "0.00");
    }

    private static void firstRow(SimOrder order, Instant at, String[] row) {
        boolean cancelled = reached(order.cancelledAt, at);
        boolean paid = reached(order.paidAt, at);
        put(row, "Financial Status", cancelled ? paid ? "refunded" : "voided" : paid ? "paid" : "pending");
        put(row, "Paid at", paid ? time(order.paidAt, order.written) : "");
        int shipped = order.shipped(at);
        put(
                row,
                "Fulfillment Status",
                shipped == 0 ? "unfulfilled" : shipped < order.ordered() ? "partial" : "fulfilled");
        order.parcels.stream()
                .map(parcel -> parcel.labelAt)
                .filter(labelAt -> reached(labelAt, at))
                .max(Instant::compareTo)
                .ifPresent(labelAt -> put(row, "Fulfilled at", time(labelAt, order.written)));
        put(row, "Cancelled at", cancelled ? time(order.cancelledAt, order.written) : "");
        put(row, "Accepts Marketing", order.index % 3 == 0 ? "yes" : "no");
        put(row, "Phone", order.customer.phone());
        put(row, "Currency", order.currency);
        put(row, "Subtotal", money(order.subtotalCents()));
        put(row, "Shipping", money(order.shippingCents));
        put(row, "Taxes", money(order.taxCents));
        put(row, "Total", money(order.totalCents()));
        if (order.brokenAt(at) && order.story == Story.REJECTED_TOTAL_NEGATIVE) {
            put(row, "Total", money(-order.totalCents()));
        }
        if (order.brokenAt(at) && order.story == Story.REJECTED_TOTAL_UNREADABLE) {
            put(row, "Total", "n/a");
        }
        put(row, "Discount Code", order.discountCents > 0 ? "WELCOME5" : "");
        put(row, "Discount Amount", money(order.discountCents));
        put(row, "Shipping Method", order.shippingCents == 0 ? "Free shipping" : "Standard");
        put(row, "Refunded Amount", cancelled && paid ? money(order.totalCents()) : "0.00");
        put(row, "Outstanding Balance", paid || cancelled ? "0.00" : money(order.totalCents()));
        put(row, "Id", order.id);
        put(row, "Notes", order.note);
        put(row, "Tags", order.index % 11 == 0 ? "VIP, gift" : "");
        put(row, "Risk Level", "Low");
        put(row, "Source", order.index % 17 == 0 ? "shopify_draft_order" : "web");
        put(row, "Payment Method", "Shopify Payments");
        put(row, "Payment Reference", "r" + order.id + ".1");
        if (order.taxCents > 0) {
            put(row, "Tax 1 Name", "State Tax 7%");
            put(row, "Tax 1 Value", money(order.taxCents));
        }
        for (String side : new String[] {"Billing ", "Shipping "}) {
            address(order.customer, side, row);
        }
    }

    private static void address(SimOrder.Customer customer, String side, String[] row) {
        Spot home = customer.home();
        put(row, side + "Name", customer.name());
        put(
                row,
                side + "Street",
                customer.address2().isEmpty() ? customer.address1() : customer.address1() + ", " + customer.address2());
        put(row, side + "Address1", customer.address1());
        put(row, side + "Address2", customer.address2());
        put(row, side + "City", home.city());
        // The apostrophe keeps spreadsheets from eating leading zeros.
        put(row, side + "Zip", "'" + home.postalCode());
        put(row, side + "Province", home.region());
        put(row, side + "Country", home.country());
        put(row, side + "Phone", customer.phone());
    }

    private static boolean reached(Instant moment, Instant at) {
        return moment != null && !moment.isAfter(at);
    }

    private static String time(Instant moment, ZoneId zone) {
        return TIME.format(moment.atZone(zone));
    }

    static String money(int cents) {
        return BigDecimal.valueOf(cents, 2).toPlainString();
    }

    private static void put(String[] row, String column, String value) {
        row[COLUMNS.get(column)] = value;
    }

    private static Map<String, Integer> columns() {
        Map<String, Integer> columns = new HashMap<>();
        for (int i = 0; i < HEADER.length; i++) {
            columns.put(HEADER[i], i);
        }
        return columns;
    }
}
