package dev.reprise.language.syntax;

import dev.reprise.language.Diagnostics;
import dev.reprise.language.SourceFile;
import dev.reprise.language.grammar.ScriptParser;
import dev.reprise.language.grammar.ScriptParser.ScriptContext;
import java.util.List;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.atn.PredictionMode;

/**
 * Reads a file's text into a tree.
 *
 * <p>SLL prediction, the fast one, is tried first; a file that it refuses is parsed again with full
 * LL before anything is called wrong.
 */
public final class ScriptReader {
  private ScriptReader() {}

  /** Parses a file. Mistakes go to the diagnostics; after a syntax error the tree is empty. */
  public static Script read(SourceFile file, Diagnostics diagnostics) {
    CommonTokenStream tokens = ScriptTokens.of(file.text());
    Diagnostics trial = new Diagnostics(file);
    ScriptContext tree = parse(tokens, PredictionMode.SLL, trial);
    if (trial.hasErrors()) {
      tokens.seek(0);
      tree = parse(tokens, PredictionMode.LL, diagnostics);
    }
    return diagnostics.hasErrors()
        ? new Script(List.of())
        : new TreeBuilder(diagnostics).script(tree);
  }

  private static ScriptContext parse(
      CommonTokenStream tokens, PredictionMode mode, Diagnostics diagnostics) {
    ScriptParser parser = new ScriptParser(tokens);
    parser.removeErrorListeners();
    parser.setErrorHandler(new SyntaxRecovery(diagnostics));
    parser.getInterpreter().setPredictionMode(mode);
    return parser.script();
  }
}
