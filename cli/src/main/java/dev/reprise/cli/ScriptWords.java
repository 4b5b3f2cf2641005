package dev.reprise.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which script, and its arguments: shared by run, check and explain. */
final class ScriptWords {
  @Parameters(arity = "0..1", paramLabel = "FILE", description = "The script; - reads stdin.")
  private String file;

  @Option(
      names = {"-s", "--script"},
      paramLabel = "TEXT",
      description = "The script itself, instead of a file.")
  private String text;

  @Option(
      names = {"--args", "-args"},
      arity = "1..*",
      paramLabel = "VALUE",
      description = "Values of $1, $2, ... up to the next option.")
  private List<String> args = new ArrayList<>();

  @Option(
      names = {"--nvargs", "-nvargs"},
      arity = "1..*",
      paramLabel = "NAME=VALUE",
      description = "Values of $NAME, up to the next option.")
  private List<String> nvargs = new ArrayList<>();

  /**
   * @throws UsageException when there is no script, or two
   */
  ScriptSource source() {
    if (file == null && text == null) {
      throw new UsageException("which script? Give a FILE, or -s TEXT");
    }
    if (file != null && text != null) {
      throw new UsageException(
          "give either a FILE or -s TEXT; found both, the file '" + file + "'");
    }
    var arguments = ScriptSource.arguments(args, nvargs, "--nvargs");
    if ("-".equals(file)) {
      return new ScriptSource(null, content(System.in), arguments);
    }
    if (file != null && isPipe(Path.of(file))) {
      return new ScriptSource(null, pipe(Path.of(file)), arguments);
    }
    return new ScriptSource(file == null ? null : Path.of(file), text, arguments);
  }

  /** Whether this can be read only once, such as what a shell makes of {@code <(command)}. */
  private static boolean isPipe(Path file) {
    return Files.isReadable(file) && !Files.isRegularFile(file) && !Files.isDirectory(file);
  }

  private static String pipe(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return content(in);
    } catch (IOException e) {
      throw new UsageException("script is no readable file: " + file);
    }
  }

  /** Sets the file; false when there is one. */
  boolean takeFile(String word) {
    if (file != null) {
      return false;
    }
    file = word;
    return true;
  }

  /** Sets the option with that name; false when it is none of these. */
  boolean takeValue(String option, String value) {
    if (!option.equals("-s") && !option.equals("--script") || text != null) {
      return false;
    }
    text = value;
    return true;
  }

  /** Sets the positional arguments; false when there are none or some already. */
  boolean takeArgs(List<String> values) {
    return args.isEmpty() && args.addAll(values);
  }

  /** Sets the named arguments; false when there are none or some already. */
  boolean takeNamedArgs(List<String> values) {
    return nvargs.isEmpty() && nvargs.addAll(values);
  }

  private static String content(InputStream in) {
    try {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the script from standard input", e);
    }
  }
}
