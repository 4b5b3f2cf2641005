package dev.reprise.engine.resource;

import dev.reprise.memory.SystemPages;
import dev.reprise.runtime.cpu.code.AnonymousPages;
import dev.reprise.runtime.cpu.code.CellFunction;

/** The pages that the host's memory is made of, where this machine gives them. */
final class MappedPages implements SystemPages {
  @Override
  public boolean areThere() {
    return CellFunction.areThere();
  }

  @Override
  public long take(long bytes) {
    return AnonymousPages.take(bytes);
  }

  @Override
  public void giveBack(long address, long bytes) {
    AnonymousPages.giveBack(address, bytes);
  }
}
