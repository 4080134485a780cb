/** What the jobs say to each other: topics, headers, JSON. JSON Schemas stand in {@code schema/} of the resources. */
package io.parcelwatch.wire;
