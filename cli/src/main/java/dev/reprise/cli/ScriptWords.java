package dev.reprise.cli;

import java.io.IOException;
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
   * @throws IOException when the script is read here and cannot be
   */
  ScriptSource source() throws IOException {
    if (file == null && text == null) {
      throw new UsageException("which script? Give a FILE, or -s TEXT");
    }
    if (file != null && text != null) {
      throw new UsageException(
          "give either a FILE or -s TEXT; found both, the file '" + file + "'");
    }
    var arguments = ScriptSource.arguments(args, nvargs, "--nvargs");
    return text != null
        ? new ScriptSource(null, text, arguments)
        : ScriptSource.of(file, arguments);
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
}
