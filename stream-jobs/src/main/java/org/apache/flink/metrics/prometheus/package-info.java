/** What Flink's reporter for Prometheus lacks. */
package org.apache.flink.metrics.prometheus;
