import java.io.IOException;
import org.codelibs.opensearch.runner.OpenSearchRunner;

/** One node of OpenSearch on loopback: `Server FOLDER BASE_PORT`; says its port, and ends when its standard input does. */
public class Server {
    public static void main(String[] args) throws IOException {
        OpenSearchRunner runner = new OpenSearchRunner();
        runner.setMaxHttpPort(65535);
        try {
            runner.onBuild((number, settings) -> {
                settings.put("network.host", "127.0.0.1");
                settings.putList("node.roles", "cluster_manager", "data", "ingest");
            }).build("-basePath", args[0], "-numOfNode", "1", "-baseHttpPort", args[1], "-clusterName", "seclog-" + args[1]);
        } catch (Throwable error) {
            error.printStackTrace();
            System.exit(1);
        }
        System.out.println("seclog: port " + runner.node().settings().get("http.port"));
        while (System.in.read() != -1) {
        }
        runner.close();
        System.exit(0);
    }
}
