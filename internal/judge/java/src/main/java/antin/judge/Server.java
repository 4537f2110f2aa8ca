package antin.judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/**
 * One resident process for the judges that run on a JVM, because starting one costs seconds and judging a file costs
 * milliseconds. Reads one JSON job per line from standard input and writes one JSON answer per line to standard output,
 * in the same order; ends when standard input does.
 *
 * <p>Job: {@code {"judge":"verapdf"|"dss", "path":..., ...}}. Answer: the judge's own fields, or {@code {"error":...}}
 * when it could not judge at all.
 */
public final class Server {
    private Server() {}

    public static void main(String[] args) throws Exception {
        // Libraries that print to System.out must not be able to break the protocol.
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        System.setOut(System.err);
        LogManager.getLogManager().reset();
        Logger.getLogger("").setLevel(Level.OFF);

        ObjectMapper json = new ObjectMapper();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            ObjectNode answer = json.createObjectNode();
            try {
                JsonNode job = json.readTree(line);
                switch (job.path("judge").asText()) {
                    case "verapdf" -> VeraPdf.judge(job, answer);
                    case "dss" -> Dss.judge(job, answer);
                    default -> answer.put("error", "unknown judge " + job.path("judge"));
                }
            } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError e) {
                answer.removeAll();
                answer.put("error", describe(e));
            }
            out.print(json.writeValueAsString(answer));
            out.print('\n');
            out.flush();
        }
    }

    private static String describe(Throwable e) {
        StringBuilder s = new StringBuilder();
        for (int depth = 0; e != null && depth < 5; e = e.getCause(), depth++) {
            if (s.length() > 0) {
                s.append(": ");
            }
            s.append(e.getClass().getSimpleName());
            if (e.getMessage() != null) {
                s.append(' ').append(e.getMessage());
            }
        }
        return s.toString();
    }
}
