package org.apache.flink.metrics.prometheus;

import io.prometheus.client.exporter.HTTPServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Properties;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/**
 * Flink's reporter for Prometheus at one address: properties {@code host} and {@code port}. Flink's own listens on all addresses of the
 * machine and knows no other way, which is right in a pod of its own and wrong on a person's machine.
 *
 * <p>In Flink's package, because what it reports is open to its package alone.
 */
public final class BoundPrometheusReporterFactory implements MetricReporterFactory {

    @Override
    public MetricReporter createMetricReporter(Properties properties) {
        return new Reporter(new InetSocketAddress(
                properties.getProperty("host"), Integer.parseInt(properties.getProperty("port"))));
    }

    private static final class Reporter extends AbstractPrometheusReporter {
        private final HTTPServer server;

        Reporter(InetSocketAddress address) {
            try {
                server = new HTTPServer(address, registry);
            } catch (IOException e) {
                throw new UncheckedIOException("metrics cannot be served at " + address, e);
            }
        }

        @Override
        public void close() {
            server.stop();
            super.close();
        }
    }
}
