package dev.reprise.bench.oracle;

import dev.reprise.CompileOptions;
import dev.reprise.Reprise;
import dev.reprise.ReuseMode;
import dev.reprise.RunResult;
import dev.reprise.ScriptException;
import dev.reprise.Session;
import dev.reprise.SessionConfig;
import dev.reprise.language.CompileException;
import dev.reprise.language.DiagnosticPrinter;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Runs scripts in Reprise, one after the other in this JVM: the process behind a {@link Worker}.
 */
public final class RepriseWorker {
  private RepriseWorker() {}

  /** The argument is the folder that relative paths of scripts start from. */
  public static void main(String[] args) throws IOException {
    BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      String[] words = line.split("\t", -1);
      Path result = Path.of(words[1]);
      SessionConfig config =
          configuration(words[2]).withWorkingDirectory(Path.of(args[0]).toAbsolutePath());
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      String error = run(config, words, out);
      Files.write(result.resolve("out"), out.toByteArray());
      if (error != null) {
        Files.writeString(result.resolve("err"), error);
      }
      System.out.println("done");
    }
  }

  private static SessionConfig configuration(String mode) {
    SessionConfig base =
        SessionConfig.defaults().withThreads(2).withSeed(42).withHostBytes(1L << 30);
    return switch (mode) {
      case "none" -> base.withReuse(ReuseMode.NONE).withThreads(1);
      case "cold", "warm" -> base;
      case "tiny" -> base.withHostBytes(4L << 20);
      case "threads" -> base.withThreads(4);
      default ->
          throw new IllegalArgumentException(
              "modes are none, cold, warm, tiny and threads, not '" + mode + "'");
    };
  }

  private static String run(SessionConfig config, String[] words, ByteArrayOutputStream bytes) {
    PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    try (Session session =
        Reprise.session(
            config.withOutput(out, new PrintStream(java.io.OutputStream.nullOutputStream())))) {
      if (words[2].equals("warm")) {
        runOnce(session, words);
        out.flush();
        bytes.reset();
      }
      return runOnce(session, words);
    } catch (RuntimeException | Error e) {
      return "a bug of Reprise: " + e;
    } finally {
      out.flush();
    }
  }

  private static String runOnce(Session session, String[] words) {
    Map<String, String> arguments = new LinkedHashMap<>();
    for (int i = 3; i < words.length; i++) {
      int sign = words[i].indexOf('=');
      arguments.put(words[i].substring(0, sign), words[i].substring(sign + 1));
    }
    CompileOptions options = CompileOptions.none().arguments(arguments);
    try (RunResult _ = session.compile(Path.of(words[0]), options).run()) {
      return null;
    } catch (ScriptException e) {
      return e.getMessage();
    } catch (CompileException e) {
      return DiagnosticPrinter.print(e.diagnostics());
    } catch (IOException e) {
      return e.toString();
    }
  }
}
