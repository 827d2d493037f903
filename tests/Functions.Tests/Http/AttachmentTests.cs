using Microsoft.AspNetCore.Http;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.Tests.Http;

public sealed class AttachmentTests
{
    [Theory]
    [InlineData("audit-2026.csv", "audit-2026.csv")]
    [InlineData("a\"; filename=\"evil.exe", "a___filename__evil.exe")]
    [InlineData("a\r\nX-Injected: 1", "a__X-Injected__1")]
    [InlineData("../../etc/passwd", "_._.__etc_passwd")]
    [InlineData("..hidden", "_.hidden")]
    [InlineData("büro.csv", "b_ro.csv")]
    [InlineData("", "download")]
    public void Name_WithTextFromOutside_LeavesNothingThatAHeaderOrAFolderReads(string name, string expected)
    {
        var http = new DefaultHttpContext();

        Attachment.Name(http.Response, name);

        Assert.Equal($"attachment; filename=\"{expected}\"", http.Response.Headers.ContentDisposition.ToString());
    }

    [Fact]
    public void Safe_OfALongName_IsCut() => Assert.Equal(100, Attachment.Safe(new string('a', 5000)).Length);
}
