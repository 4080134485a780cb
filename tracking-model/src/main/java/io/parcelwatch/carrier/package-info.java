/** What each carrier's payloads mean: one adapter a carrier, its code table beside it as data. */
package io.parcelwatch.carrier;
