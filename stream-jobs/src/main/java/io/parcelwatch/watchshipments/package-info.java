/** The job that watches every parcel as its carrier reports it; see {@link io.parcelwatch.watchshipments.WatchShipments}. */
package io.parcelwatch.watchshipments;
