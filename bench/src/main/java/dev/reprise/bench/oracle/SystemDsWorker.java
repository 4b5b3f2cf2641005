package dev.reprise.bench.oracle;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Runs scripts in SystemDS, one after the other in this JVM: the process behind a {@link Worker}.
 * Compiled for Java 17, on which SystemDS runs; finds SystemDS on its class path.
 */
public final class SystemDsWorker {
  private SystemDsWorker() {}

  /** The argument is a configuration file for SystemDS. */
  public static void main(String[] args) throws Exception {
    PrintStream answers = System.out;
    BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Method execute =
        Class.forName("org.apache.sysds.api.DMLScript").getMethod("executeScript", String[].class);
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      String[] words = line.split("\t", -1);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      System.setOut(new PrintStream(bytes, true, "UTF-8"));
      String error = run(execute, args[0], words);
      System.out.flush();
      System.setOut(answers);
      Path result = Paths.get(words[1]);
      Files.writeString(result.resolve("out"), printed(bytes.toString(StandardCharsets.UTF_8)));
      if (error != null) {
        Files.writeString(result.resolve("err"), error);
      }
      answers.println("done");
    }
  }

  /** The words are script, result folder, mode (there is one), and arguments of the script. */
  private static String run(Method execute, String configuration, String[] words)
      throws IllegalAccessException {
    List<String> command = new ArrayList<>(Arrays.asList("-f", words[0], "-exec", "singlenode"));
    command.addAll(Arrays.asList("-config", configuration, "-nvargs"));
    command.addAll(Arrays.asList(words).subList(3, words.length));
    try {
      execute.invoke(null, (Object) command.toArray(new String[0]));
      return null;
    } catch (InvocationTargetException e) {
      StringBuilder causes = new StringBuilder();
      for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
        causes.append(cause.getClass().getSimpleName()).append(": ");
        causes.append(cause.getMessage()).append('\n');
      }
      return causes.toString();
    }
  }

  /** Without the statistics that end every output. */
  private static String printed(String text) {
    int statistics = text.lastIndexOf("SystemDS Statistics:");
    return statistics < 0 ? text : text.substring(0, statistics);
  }
}
