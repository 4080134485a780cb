/** Order, shipment, journey, status, lifecycle, event: the words all jobs use, and the rules that decide what they mean. */
package io.parcelwatch.model;
