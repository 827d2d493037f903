using Nightwatch.Domain.Storage;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.Storage;

public sealed class InMemoryUnreadableDocumentsTests : UnreadableDocumentsContract
{
    protected override IDocuments<Note> Notes { get; } = new InMemoryDocuments<Note>(Note.Type);
}
