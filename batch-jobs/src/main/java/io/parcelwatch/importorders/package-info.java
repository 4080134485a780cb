/** The job {@code import-orders}: exports of sales channels become orders, lines and customers. Start at {@link ImportOrdersJob}. */
package io.parcelwatch.importorders;
