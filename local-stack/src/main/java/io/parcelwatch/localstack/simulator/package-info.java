/**
 * A shop's orders, its parcels and what their carriers say about them, played from a seed; and the truth that was played, known by
 * construction and not by the rules that are tested against it.
 */
package io.parcelwatch.localstack.simulator;
