package dev.reprise.language.lower;

import dev.reprise.language.lower.Builtins.Row;
import dev.reprise.language.syntax.Expression.Argument;
import dev.reprise.runtime.operation.Attributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Builtins that make and change lists. */
final class ListBuiltins {
  private ListBuiltins() {}

  static void addTo(Map<String, Row> rows) {
    rows.put("list", ListBuiltins::list);
    rows.put("cbind", site -> bind(site, "cbind"));
    rows.put("rbind", site -> bind(site, "rbind"));
    rows.put("append", ListBuiltins::append);
    rows.put("remove", site -> site.compute("listRemove", site.required("target", "position")));
  }

  /** Of several elements with one name the last one takes the place of the first. */
  private static Lowered list(CallSite site) {
    int[] all = operands(site);
    List<Argument> kept = new ArrayList<>();
    List<Integer> operands = new ArrayList<>();
    Map<String, Integer> places = new HashMap<>();
    for (int i = 0; i < all.length; i++) {
      Argument argument = site.arguments().get(i);
      Integer place = argument.name() == null ? null : places.get(argument.name());
      if (place != null) {
        operands.set(place, all[i]);
        continue;
      }
      places.put(argument.name(), kept.size());
      kept.add(argument);
      operands.add(all[i]);
    }
    return site.compute(
        "list", site.names(kept), operands.stream().mapToInt(Integer::intValue).toArray());
  }

  private static Lowered bind(CallSite site, String opcode) {
    if (site.count() == 0) {
      return site.error("'" + opcode + "' takes at least 1 argument, found none", null);
    }
    return site.compute(opcode, operands(site));
  }

  private static int[] operands(CallSite site) {
    return site.arguments().stream().mapToInt(a -> site.operand(a.value())).toArray();
  }

  /** Of matrices and frames {@code cbind}; of a list, one more element, which may have a name. */
  private static Lowered append(CallSite site) {
    List<Argument> arguments = site.arguments();
    if (arguments.size() != 2) {
      return site.error("'append' takes 2 arguments, found " + arguments.size(), null);
    }
    String name = arguments.get(1).name();
    Attributes attributes = name == null ? Attributes.none() : Attributes.of("name", name);
    return site.compute("append", attributes, operands(site));
  }
}
